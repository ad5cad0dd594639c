package org.shadowmmu.lab.recording;

import java.util.Arrays;
import org.shadowmmu.lab.recording.Syntax.SyntaxException;

/** The form of the lines after an operation: names that the format knows, and fields {@code key=value} (FORMAT section 5). */
final class LineForm {
    private static final int INDENT = 2;
    private static final int STAT_PREFIX = "  stat ".length();
    private static final int DUMP_PREFIX = "  dump ".length();

    private static final Words EVENTS = new Words(
            "kvm_mmu_get_page",
            "kvm_mmu_prepare_zap_page",
            "kvm_mmu_sync_page",
            "kvm_mmu_unsync_page",
            "kvm_mmu_pagetable_walk",
            "kvm_mmu_paging_element",
            "kvm_mmu_set_accessed_bit",
            "kvm_mmu_set_dirty_bit",
            "kvm_mmu_walker_error",
            "kvm_mmu_spte_requested",
            "kvm_mmu_set_spte",
            "kvm_tdp_mmu_spte_changed",
            "mark_mmio_spte",
            "handle_mmio_page_fault",
            "check_mmio_spte",
            "fast_page_fault",
            "kvm_mmu_zap_all_fast",
            "kvm_mmu_split_huge_page",
            "kvm_page_fault",
            "kvm_unmap_hva_range",
            "kvm_exit",
            "kvm_nested_vmenter",
            "kvm_nested_vmexit");

    /** The empty word: a line of entries is {@code dump  spt ...}. */
    private static final Words DUMPS =
            new Words("mmu", "vcpu", "root_mmu", "guest_mmu", "root", "pae_root", "sp", "", "tdp_root", "tdp");

    private LineForm() {}

    /** Checks a line of the kind. */
    static void check(RecordingLine kind, byte[] line, int from, int to) {
        switch (kind) {
            case EVENT -> event(line, from, to);
            case STAT -> fields(line, from + STAT_PREFIX, to, "statistics 'name=change'");
            case DUMP -> dump(line, from, to);
            case RESULT, FINAL -> {}
        }
    }

    private static void event(byte[] line, int from, int to) {
        int end = Syntax.wordEnd(line, from + INDENT, to);
        if (!EVENTS.contains(line, from + INDENT, end)) {
            throw new SyntaxException(
                    "expected an event of the format, found '" + Syntax.show(line, from + INDENT, to) + "'");
        }
        fields(line, end + 1, to, "an event with fields 'key=value'");
    }

    private static void fields(byte[] line, int from, int to, String expected) {
        int at = from;
        do {
            int start = at;
            int equals = -1;
            while (at < to && line[at] != ' ') {
                if (line[at] == '=' && equals < 0) {
                    equals = at;
                }
                at++;
            }
            if (equals <= start || equals == at - 1) {
                throw new SyntaxException("expected " + expected + ", found '"
                        + Syntax.show(line, Math.min(start, to), Math.min(at, to)) + "'");
            }
            at++;
        } while (at <= to);
    }

    private static void dump(byte[] line, int from, int to) {
        if (!DUMPS.contains(line, from + DUMP_PREFIX, Syntax.wordEnd(line, from + DUMP_PREFIX, to))) {
            throw new SyntaxException(
                    "expected a dump line of the format, found '" + Syntax.show(line, from + INDENT, to) + "'");
        }
    }

    /** A set of words, found without allocation. */
    private static final class Words {
        private final byte[][][] byLength;

        Words(String... words) {
            int longest = Arrays.stream(words).mapToInt(String::length).max().orElse(0);
            byLength = new byte[longest + 1][][];
            for (int length = 0; length <= longest; length++) {
                int wanted = length;
                byLength[length] = Arrays.stream(words)
                        .filter(word -> word.length() == wanted)
                        .map(Syntax::ascii)
                        .toArray(byte[][]::new);
            }
        }

        boolean contains(byte[] line, int from, int to) {
            int length = to - from;
            if (length < 0 || length >= byLength.length) {
                return false;
            }
            for (byte[] word : byLength[length]) {
                if (Arrays.equals(line, from, to, word, 0, length)) {
                    return true;
                }
            }
            return false;
        }
    }
}
