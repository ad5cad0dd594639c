package org.shadowmmu.lab.workload;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.shadowmmu.lab.recording.RecordingHeader;
import org.shadowmmu.lab.recording.RecordingReader;

/**
 * What one pass over a recording tells before its operations are carried out.
 *
 * @param header its head
 * @param sha256 SHA-256 of the file, lower-case hexadecimal
 * @param operations operations, without the set-up
 */
public record ScenarioSurvey(RecordingHeader header, String sha256, long operations) {
    /**
     * Surveys a recording.
     *
     * @throws org.shadowmmu.lab.BadInputException if it is damaged
     */
    public static ScenarioSurvey of(Path file) {
        try (RecordingReader reader = RecordingReader.open(file)) {
            while (reader.next()) {
                // Only counted, and checked for form.
            }
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
            return new ScenarioSurvey(reader.header(), HexFormat.of().formatHex(hash), reader.operations());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The guest pages of the memslots made at the start. */
    public long pages() {
        return header.slots().stream().mapToLong(RecordingHeader.Slot::size).sum() >> 12;
    }
}
