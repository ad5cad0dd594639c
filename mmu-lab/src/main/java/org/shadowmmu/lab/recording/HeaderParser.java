package org.shadowmmu.lab.recording;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.lab.recording.RecordingHeader.Backing;
import org.shadowmmu.lab.recording.RecordingHeader.FillCode;
import org.shadowmmu.lab.recording.RecordingHeader.Nested;
import org.shadowmmu.lab.recording.RecordingHeader.Range;
import org.shadowmmu.lab.recording.RecordingHeader.Slot;
import org.shadowmmu.lab.recording.RecordingHeader.Sregs;
import org.shadowmmu.lab.recording.RecordingHeader.Stub;
import org.shadowmmu.lab.recording.Syntax.SyntaxException;

/** Collects the header lines of a recording, in any order after the first. */
final class HeaderParser {
    private static final byte[] MEMORY = Syntax.ascii("m ");
    private static final Set<String> REPEATED = Set.of("module", "backing", "slot", "fill", "param");

    private static final long PAGE = 4096;
    private static final int LARGEST_ID = 65535;
    private static final long LARGEST_BACKING = 1L << 36;
    private static final long LARGEST_ADDRESS = 1L << 40;
    private static final int SLOT_FLAGS = 3;

    private final Set<String> seen = new HashSet<>();
    private final Map<String, String> moduleOptions = new LinkedHashMap<>();
    private final Map<String, String> parameters = new LinkedHashMap<>();
    private final List<Backing> backings = new ArrayList<>();
    private final List<Slot> slots = new ArrayList<>();
    private final List<Range> fills = new ArrayList<>();
    private long[] words = new long[1024];
    private int wordCount;
    private @Nullable String name;
    private @Nullable HostMode mode;
    private @Nullable GuestKind guest;
    private @Nullable Stub stub;
    private @Nullable Nested nested;
    private @Nullable FillCode fillCode;
    private @Nullable Sregs sregs;
    private @Nullable Range finalRange;
    private @Nullable String kernel;
    private @Nullable KernelEra era;
    private @Nullable String hostCpu;
    private boolean traceKvmExit;
    private long quota;
    private long dirtyManual;
    private int vcpus = 1;
    private long disabledQuirks;

    /** Takes the next header line. */
    void line(byte[] line, int from, int to) {
        if (seen.isEmpty()) {
            version(line, from, to);
        } else if (Syntax.startsWith(line, from, to, MEMORY)) {
            memory(line, from + MEMORY.length, to);
        } else {
            String text = new String(line, from, to - from, StandardCharsets.US_ASCII);
            int space = text.indexOf(' ');
            String keyword = space < 0 ? text : text.substring(0, space);
            if (!seen.add(keyword) && !REPEATED.contains(keyword)) {
                throw new SyntaxException("expected one line '" + keyword + "', found a second one");
            }
            line(keyword, space < 0 ? "" : text.substring(space + 1));
        }
    }

    /** The header, when its last line has been taken. */
    RecordingHeader finish() {
        needs("trace", "quota");
        if (backings.isEmpty() || slots.isEmpty()) {
            throw missing(backings.isEmpty() ? "backing" : "slot");
        }
        return new RecordingHeader(
                given(name, "name"),
                given(mode, "mode"),
                Collections.unmodifiableMap(moduleOptions),
                Collections.unmodifiableMap(parameters),
                traceKvmExit,
                given(guest, "guest"),
                List.copyOf(backings),
                List.copyOf(slots),
                quota,
                dirtyManual,
                given(stub, "stub"),
                nested,
                fillCode,
                List.copyOf(fills),
                given(sregs, "sregs"),
                given(finalRange, "final"),
                MemoryWords.copyOf(words, wordCount),
                vcpus,
                disabledQuirks,
                given(kernel, "kernel"),
                given(era, "kernel"),
                given(hostCpu, "hostcpu"));
    }

    private void version(byte[] line, int from, int to) {
        if (!Arrays.equals(line, from, to, Syntax.ascii("oracle 1"), 0, 8)) {
            throw new SyntaxException("expected a recording of format version 1, that is 'oracle 1', found '"
                    + Syntax.show(line, from, to) + "'");
        }
        seen.add("oracle");
    }

    private void memory(byte[] line, int from, int to) {
        int end = Syntax.wordEnd(line, from, to);
        long gpa = Syntax.bareHex(line, from, end);
        long value = Syntax.bareHex(line, Math.min(end + 1, to), to);
        if (wordCount == words.length) {
            words = Arrays.copyOf(words, wordCount * 2);
        }
        words[wordCount++] = gpa;
        words[wordCount++] = value;
    }

    private void line(String keyword, String rest) {
        switch (keyword) {
            case "name" -> name = rest;
            case "mode" -> mode = mode(rest);
            case "module" -> moduleOptions(rest);
            case "param" -> parameter(rest);
            case "trace" -> trace(new KeyValues(rest));
            case "guest" -> guest = guest(rest);
            case "backing" -> backings.add(backing(new KeyValues(rest)));
            case "slot" -> slots.add(slot(new KeyValues(rest)));
            case "quota" -> quota = single(rest);
            case "dirtymanual" -> dirtyManual = single(rest);
            case "vcpus" -> vcpus = vcpus(single(rest));
            case "quirks" -> disabledQuirks = disabledQuirks(new KeyValues(rest));
            case "stub" -> stub = stub(new KeyValues(rest));
            case "nested" -> nested = nested(new KeyValues(rest));
            case "fillcode" -> fillCode = fillCode(new KeyValues(rest));
            case "fill" -> fills.add(range(new KeyValues(rest)));
            case "sregs" -> sregs = sregs(new KeyValues(rest));
            case "final" -> finalRange = range(new KeyValues(rest));
            case "kernel" -> {
                kernel = rest;
                era = era(rest);
            }
            case "hostcpu" -> hostCpu = rest;
            case "generator", "kernelversion" -> {}
            default -> throw new SyntaxException("expected a header line or 'op 0 SETUP', found '" + keyword + "'");
        }
    }

    private static HostMode mode(String text) {
        for (HostMode mode : HostMode.values()) {
            if (mode.text().equals(text)) {
                return mode;
            }
        }
        throw new SyntaxException("expected mode shadow, direct or tdpmmu, found '" + text + "'");
    }

    private static GuestKind guest(String rest) {
        int space = rest.indexOf(' ');
        String kind = space < 0 ? rest : rest.substring(0, space);
        for (GuestKind guest : GuestKind.values()) {
            if (guest.text().equals(kind)) {
                KeyValues values = new KeyValues(space < 0 ? "" : rest.substring(space + 1));
                long levels = values.number("levels");
                values.noMore();
                if (levels != guest.levels()) {
                    throw new SyntaxException(
                            "expected levels=" + guest.levels() + " for a guest " + kind + ", found " + levels);
                }
                return guest;
            }
        }
        throw new SyntaxException("expected guest long, long5, pae or legacy32, found '" + kind + "'");
    }

    private void moduleOptions(String rest) {
        int space = rest.indexOf(' ');
        if (space < 0) {
            return;
        }
        String module = rest.substring(0, space);
        new KeyValues(rest.substring(space + 1))
                .all()
                .forEach((key, value) -> moduleOptions.put(module + "." + key, value));
    }

    private void parameter(String rest) {
        int equals = rest.indexOf('=');
        if (equals <= 0 || parameters.put(rest.substring(0, equals), rest.substring(equals + 1)) != null) {
            throw new SyntaxException("expected module.name=value of a new parameter, found '" + rest + "'");
        }
    }

    private void trace(KeyValues values) {
        traceKvmExit = values.flag("kvm_exit");
        values.number("settle_us");
        values.noMore();
    }

    private Backing backing(KeyValues values) {
        Backing backing = new Backing(values.small("id"), values.number("size"), values.flag("huge"));
        values.noMore();
        pages("size", backing.size(), LARGEST_BACKING);
        if (backing.id() > LARGEST_ID || backings.stream().anyMatch(other -> other.id() == backing.id())) {
            throw new SyntaxException(
                    "expected an id of 0 to " + LARGEST_ID + " that no other backing has, found id=" + backing.id());
        }
        return backing;
    }

    /** A size or an address that must be a number of whole pages; a size is not 0. */
    private static void pages(String key, long value, long largest) {
        boolean tooSmall = value == 0 && key.equals("size");
        if (tooSmall || (value & PAGE - 1) != 0 || Long.compareUnsigned(value, largest) > 0) {
            throw new SyntaxException("expected " + key + "= to be a number of whole pages of 4096 bytes, up to 0x"
                    + Long.toHexString(largest) + ", found 0x" + Long.toHexString(value));
        }
    }

    private Slot slot(KeyValues values) {
        Slot slot = new Slot(
                values.small("id"),
                values.number("gpa"),
                values.number("size"),
                values.small("flags"),
                values.small("backing"),
                values.number("boff"));
        values.noMore();
        Backing behind = backings.stream()
                .filter(backing -> backing.id() == slot.backing())
                .findFirst()
                .orElseThrow(() ->
                        new SyntaxException("expected the id of a backing above, found backing=" + slot.backing()));
        pages("gpa", slot.gpa(), LARGEST_ADDRESS);
        pages("size", slot.size(), behind.size());
        pages("boff", slot.backingOffset(), behind.size() - slot.size());
        if (slot.flags() > SLOT_FLAGS) {
            throw new SyntaxException("expected flags= of 0 to 3, found " + slot.flags());
        }
        for (Slot other : slots) {
            boolean apart = slot.gpa() >= other.gpa() + other.size() || other.gpa() >= slot.gpa() + slot.size();
            if (other.id() == slot.id() || !apart) {
                throw new SyntaxException("expected a slot with an id and addresses of its own, found one that shares"
                        + " them with slot id=" + other.id());
            }
        }
        return slot;
    }

    private static int vcpus(long count) {
        if (count < 1 || count > 2) {
            throw new SyntaxException("expected 1 or 2 virtual CPUs, found " + count);
        }
        return (int) count;
    }

    private static long disabledQuirks(KeyValues values) {
        long mask = values.number("disable");
        values.noMore();
        return mask;
    }

    private static Stub stub(KeyValues values) {
        Stub stub = new Stub(values.number("gpa"), values.number("kva"), values.number("uva"));
        values.noMore();
        return stub;
    }

    private static Nested nested(KeyValues values) {
        boolean nestedPaging = values.flag("np");
        Nested nested = new Nested(
                values.number("vmcb"),
                values.number("hsave"),
                values.number("code"),
                nestedPaging ? values.number("cr3") : values.numberOr("cr3", 0),
                nestedPaging);
        values.noMore();
        return nested;
    }

    private static FillCode fillCode(KeyValues values) {
        int offset = values.small("off");
        String digits = values.text("bytes");
        values.noMore();
        if (!digits.matches("([0-9a-f]{2})+")) {
            throw new SyntaxException("expected bytes= as pairs of hexadecimal digits, found '" + digits + "'");
        }
        if (offset + digits.length() / 2L > PAGE) {
            throw new SyntaxException("expected bytes that end within a page of 4096, found off=" + offset);
        }
        return new FillCode(offset, digits);
    }

    private static Sregs sregs(KeyValues values) {
        Sregs sregs =
                new Sregs(values.number("cr0"), values.number("cr3"), values.number("cr4"), values.number("efer"));
        values.noMore();
        return sregs;
    }

    private static Range range(KeyValues values) {
        Range range = new Range(values.number("from"), values.number("to"));
        values.noMore();
        if (Long.compareUnsigned(range.from(), range.to()) > 0) {
            throw new SyntaxException("expected from= not above to=, found the opposite");
        }
        return range;
    }

    private static KernelEra era(String release) {
        for (KernelEra era : KernelEra.values()) {
            if (release.startsWith(era.series() + ".")) {
                return era;
            }
        }
        throw new SyntaxException("expected a kernel of series 6.1 or 6.12, found '" + release + "'");
    }

    private static long single(String text) {
        byte[] bytes = Syntax.ascii(text);
        return Syntax.number(bytes, 0, bytes.length);
    }

    private void needs(String... keywords) {
        for (String keyword : keywords) {
            if (!seen.contains(keyword)) {
                throw missing(keyword);
            }
        }
    }

    private static <T> T given(@Nullable T value, String keyword) {
        if (value == null) {
            throw missing(keyword);
        }
        return value;
    }

    private static SyntaxException missing(String keyword) {
        return new SyntaxException("expected a header line '" + keyword + "' before this line, found none");
    }
}
