package org.shadowmmu.lab.recording;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Takes recorded events apart into the arguments of {@link EventText} and expects the same lines again. */
class EventTextTest {
    static Stream<RecordingFile> micro() {
        return Recordings.micro().stream();
    }

    static Stream<RecordingFile> every() {
        return Recordings.below("").stream();
    }

    @ParameterizedTest
    @MethodSource("micro")
    void writesEventsAsRecorded(RecordingFile file) {
        assertWritten(file);
    }

    @Tag("long")
    @ParameterizedTest
    @MethodSource("every")
    void writesEventsOfEveryRecordingAsRecorded(RecordingFile file) {
        assertWritten(file);
    }

    @Test
    void changesOfNeighbouringEntriesAreOneLine() {
        LineBuffer out = new LineBuffer();
        EventText events = new EventText(out, KernelEra.LINUX_6_1, false);

        for (int i = 0; i < 3; i++) {
            events.tdpSpteChanged(0, 0x800 + 512L * i, 2, 0x1234827 + ((long) i << 12), 0x5a0);
        }
        events.tdpSpteChanged(0, 0x801, 2, 0, 0x5a0);
        events.walkerError(2);
        events.tdpSpteChanged(0, 0, 1, 0, 0x827);
        events.flush();

        assertThat(out).hasToString("""
                          kvm_tdp_mmu_spte_changed as_id=0 gfn=0x800 level=2 old=0x827 new=0x5a0 count=3
                          kvm_tdp_mmu_spte_changed as_id=0 gfn=0x801 level=2 old=0x0 new=0x5a0
                          kvm_mmu_walker_error pferr=0x2
                          kvm_tdp_mmu_spte_changed as_id=0 gfn=0x0 level=1 old=0x0 new=0x827
                        """);
    }

    @Test
    void exitsAreWrittenOnlyWhenTheRecordingHasThem() {
        LineBuffer out = new LineBuffer();
        EventText events = new EventText(out, KernelEra.LINUX_6_1, false);

        events.kvmExit(0x400, 0x1000, 0);
        events.nestedVmenter(0x1000, 0x6000, 0x1000, true);
        events.nestedVmexit(0x78, 0, 0);

        assertThat(out.lines()).isZero();
    }

    private static void assertWritten(RecordingFile file) {
        try (RecordingReader reader = RecordingReader.open(file.path())) {
            LineBuffer out = new LineBuffer();
            EventText events = new EventText(out, reader.header());
            while (reader.next()) {
                String lines = new String(
                        reader.bytes(), reader.from(), reader.to() - reader.from(), StandardCharsets.US_ASCII);
                StringBuilder expected = new StringBuilder();
                out.clear();
                lines.lines()
                        .filter(line -> !line.matches("  (=|stat|dump) .*"))
                        .forEach(line -> {
                            expected.append(line).append('\n');
                            send(line, events, reader.header().era());
                        });
                events.flush();
                assertThat(out.toString()).isEqualTo(expected.toString());
            }
        }
    }

    private static void send(String line, EventText events, KernelEra era) {
        String[] words = line.substring(2).split(" ");
        Event event = new Event();
        for (int i = 1; i < words.length; i++) {
            int equals = words[i].indexOf('=');
            event.fields.put(words[i].substring(0, equals), words[i].substring(equals + 1));
        }
        // A frame number that must not show.
        long frame = 0x123_4567_8000L;
        switch (words[0]) {
            case "kvm_exit" -> events.kvmExit(event.number("reason"), event.number("rip"), event.number("info1"));
            case "kvm_nested_vmenter" ->
                events.nestedVmenter(
                        event.number("rip"), event.number("vmcb"), event.number("nested_rip"), event.flag("npt"));
            case "kvm_nested_vmexit" ->
                events.nestedVmexit(event.number("reason"), event.number("info1"), event.number("info2"));
            case "kvm_page_fault" ->
                events.pageFault(0, event.number("rip"), event.number("addr"), event.number("err"));
            case "kvm_mmu_pagetable_walk" -> events.pagetableWalk(event.number("addr"), event.small("pferr"));
            case "kvm_mmu_paging_element" -> events.pagingElement(event.number("pte"), event.small("level"));
            case "kvm_mmu_set_accessed_bit" -> events.setAccessedBit(event.number("gpa"));
            case "kvm_mmu_set_dirty_bit" -> events.setDirtyBit(event.number("gpa"));
            case "kvm_mmu_walker_error" -> events.walkerError(event.small("pferr"));
            case "kvm_mmu_get_page" ->
                events.getPage(
                        event.number("gfn"),
                        event.small("role"),
                        event.small("root_count"),
                        event.flag("unsync"),
                        event.small("gen"),
                        event.flag("created"));
            case "kvm_mmu_sync_page" ->
                events.syncPage(
                        event.number("gfn"),
                        event.small("role"),
                        event.small("root_count"),
                        event.flag("unsync"),
                        event.small("gen"));
            case "kvm_mmu_unsync_page" ->
                events.unsyncPage(
                        event.number("gfn"),
                        event.small("role"),
                        event.small("root_count"),
                        event.flag("unsync"),
                        event.small("gen"));
            case "kvm_mmu_prepare_zap_page" ->
                events.prepareZapPage(
                        event.number("gfn"),
                        event.small("role"),
                        event.small("root_count"),
                        event.flag("unsync"),
                        event.small("gen"));
            case "kvm_mmu_spte_requested" -> events.spteRequested(event.number("gfn"), 7, event.small("level"));
            case "kvm_mmu_set_spte" ->
                events.setSpte(
                        event.number("gfn"), event.small("level"), event.number("spte") | frame, event.small("index"));
            case "kvm_tdp_mmu_spte_changed" -> {
                int count = event.fields.containsKey("count") ? event.small("count") : 1;
                for (int i = 0; i < count; i++) {
                    events.tdpSpteChanged(
                            event.small("as_id"),
                            event.number("gfn") + ((long) i << 9 * (event.small("level") - 1)),
                            event.small("level"),
                            entry(event.number("old"), era),
                            entry(event.number("new"), era));
                }
            }
            case "mark_mmio_spte" ->
                events.markMmioSpte(
                        event.number("gfn"), event.small("access"), event.number("gen"), event.small("index"));
            case "handle_mmio_page_fault" ->
                events.handleMmioPageFault(event.number("addr"), event.number("gfn"), event.small("access"));
            case "check_mmio_spte" ->
                events.checkMmioSpte(event.number("kvm_gen"), event.number("spte_gen"), event.flag("valid"));
            case "fast_page_fault" ->
                events.fastPageFault(
                        event.number("gva"),
                        event.number("error_code") | 1L << 32,
                        event.number("old") | frame,
                        event.number("new") | frame,
                        event.small("ret") - (era == KernelEra.LINUX_6_12 && event.small("ret") > 3 ? 1 : 0),
                        event.small("index"));
            case "kvm_mmu_zap_all_fast" -> events.zapAllFast(event.small("gen"), event.number("used_pages"));
            case "kvm_mmu_split_huge_page" ->
                events.splitHugePage(
                        event.number("gfn"), event.number("spte") | frame, event.small("level"), event.small("errno"));
            case "kvm_unmap_hva_range" ->
                events.unmapHvaRange(event.small("backing"), event.number("off"), event.number("len"));
            default -> throw new IllegalArgumentException(line);
        }
    }

    /** An entry as the engine has it: empty and frozen entries are those of Linux 6.1. */
    private static long entry(long shown, KernelEra era) {
        long empty = 1L << 63;
        return era == KernelEra.LINUX_6_12 && (shown == empty || shown == (empty | 0x5a0)) ? shown ^ empty : shown;
    }

    private static final class Event {
        final Map<String, String> fields = new HashMap<>();

        long number(String key) {
            String text = fields.get(key);
            return text.startsWith("0x") ? Long.parseUnsignedLong(text.substring(2), 16) : Long.parseLong(text);
        }

        int small(String key) {
            return (int) number(key);
        }

        boolean flag(String key) {
            return number(key) == 1;
        }
    }
}
