package org.shadowmmu.policy.childzap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.shadowmmu.api.ChildZap;
import org.shadowmmu.api.UnlinkCause;
import org.shadowmmu.api.testing.FakePage;
import org.shadowmmu.api.testing.FakeVm;

/** Which children go with their last parent. */
class TdpChildZapPolicyTest {
    private static boolean zaps(Map<String, String> settings, boolean nested, boolean tdpEnabled, UnlinkCause cause) {
        FakeVm vm = new FakeVm(new TdpChildZapProvider(), settings);
        FakePage child = vm.create(1);
        if (nested) {
            child.nested();
        }
        return vm.as(ChildZap.class).zapWithLastParent(child, tdpEnabled, cause);
    }

    /** ZAP-10. */
    @Test
    void takesNestedChildrenUnderTwoDimensionalPaging() {
        assertThat(zaps(Map.of(), true, true, UnlinkCause.PARENT_ZAPPED)).isTrue();
        assertThat(zaps(Map.of(), true, true, UnlinkCause.ENTRY_REPLACED)).isTrue();
        assertThat(zaps(Map.of(), false, true, UnlinkCause.PARENT_ZAPPED)).isFalse();
        assertThat(zaps(Map.of(), true, false, UnlinkCause.PARENT_ZAPPED)).isFalse();
    }

    @Test
    void leavesChildrenWhoseLinkTheGuestOverwrote() {
        assertThat(zaps(Map.of(), true, true, UnlinkCause.EMULATED_WRITE)).isFalse();
    }

    @Test
    void unconditionalTakesTheGuestsOwnTablesToo() {
        Map<String, String> unconditional = Map.of("unconditional", "true");

        assertThat(zaps(unconditional, false, true, UnlinkCause.PARENT_ZAPPED)).isTrue();
        assertThat(zaps(unconditional, true, true, UnlinkCause.PARENT_ZAPPED)).isTrue();
        assertThat(zaps(unconditional, false, false, UnlinkCause.PARENT_ZAPPED)).isFalse();
    }

    /** The hole that a bottom-up guest hypervisor falls into, plugged (S1.7). */
    @Test
    void onEmulatedWritesTakesThoseToo() {
        Map<String, String> plugged = Map.of("on-emulated-writes", "true");

        assertThat(zaps(plugged, true, true, UnlinkCause.EMULATED_WRITE)).isTrue();
        assertThat(zaps(plugged, false, true, UnlinkCause.EMULATED_WRITE)).isFalse();
        assertThat(zaps(plugged, true, false, UnlinkCause.EMULATED_WRITE)).isFalse();
    }

    /** S1.9. */
    @ParameterizedTest
    @EnumSource(UnlinkCause.class)
    void aLiveRootStaysWhateverTheParameters(UnlinkCause cause) {
        Map<String, String> everything = Map.of("unconditional", "true", "on-emulated-writes", "true");
        FakeVm vm = new FakeVm(new TdpChildZapProvider(), everything);
        FakePage child = vm.create(4).nested().rootCount(1);

        assertThat(vm.as(ChildZap.class).zapWithLastParent(child, true, cause)).isFalse();
        child.rootCount(0);
        assertThat(vm.as(ChildZap.class).zapWithLastParent(child, true, cause)).isTrue();
    }
}
