package org.shadowmmu.lab.workload;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.lab.BadInputException;

/** Makes the {@link StreamSurvey} of a file in one pass. */
public final class StreamSurveyor implements StreamVisitor {
    private final Map<String, Long> blocks = new LinkedHashMap<>();
    private final List<StreamSurvey.Marker> markers = new ArrayList<>();
    private @Nullable StreamHeader header;
    private long instructions;
    private long entries;
    private long windows;
    private long slotChanges;
    private int vcpus;

    private StreamSurveyor() {}

    /**
     * Surveys a file.
     *
     * @throws StreamFormatException if the file is damaged or of another format
     * @throws BadInputException if the file cannot be read
     */
    public static StreamSurvey survey(Path file) {
        MessageDigest digest = sha256();
        StreamSurveyor surveyor = new StreamSurveyor();
        try (InputStream packed = new DigestInputStream(Files.newInputStream(file), digest)) {
            StreamReader.read(String.valueOf(file.getFileName()), packed, surveyor);
            packed.transferTo(OutputStream.nullOutputStream());
            return surveyor.result(HexFormat.of().formatHex(digest.digest()), Files.size(file));
        } catch (NoSuchFileException e) {
            throw new BadInputException("There is no stream file " + file + ".", e);
        } catch (IOException e) {
            throw new BadInputException("The stream file " + file + " cannot be read: " + e.getMessage() + ".", e);
        }
    }

    /** Surveys a stream that comes from no file: it has no hash and no size. */
    public static StreamSurvey survey(StreamSource source) {
        StreamSurveyor surveyor = new StreamSurveyor();
        source.read(surveyor);
        return surveyor.result("", 0);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    @Override
    public void header(StreamHeader value) {
        header = value;
    }

    @Override
    public void slotChange(SlotChange change) {
        slotChanges++;
        blocks.merge(change.block(), change.blockPage() + change.pages(), Math::max);
    }

    @Override
    public void windowBegins(int vcpu, long executed, long accesses) {
        windows++;
        instructions += executed;
        vcpus = Math.max(vcpus, vcpu + 1);
    }

    @Override
    public void access(EntryKind kind, long gfn) {
        entries++;
    }

    @Override
    public void virtualAccess(EntryKind kind, long gfn, long virtualPage) {
        entries++;
    }

    @Override
    public void event(GuestEvent event, long argument) {
        if (event == GuestEvent.MARKER) {
            markers.add(new StreamSurvey.Marker(argument, instructions));
        }
    }

    private StreamSurvey result(String sha256, long bytes) {
        if (header == null) {
            throw new AssertionError("a stream without a header is refused by the reader");
        }
        List<StreamSurvey.Block> sizes = new ArrayList<>();
        blocks.forEach((name, pages) -> sizes.add(new StreamSurvey.Block(name, pages)));
        return new StreamSurvey(
                header,
                sha256,
                bytes,
                instructions,
                entries,
                windows,
                slotChanges,
                vcpus,
                List.copyOf(sizes),
                List.copyOf(markers));
    }
}
