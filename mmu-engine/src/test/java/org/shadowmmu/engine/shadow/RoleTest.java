package org.shadowmmu.engine.shadow;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The role word (SP-5, SP-6, SP-20). */
class RoleTest {
    /** SP-5: the bit numbers of the specification. */
    @Test
    void fieldsLieWhereTheKernelHasThem() {
        assertThat(Role.HAS_4_BYTE_GPTE).isEqualTo(1 << 4);
        assertThat(Role.withQuadrant(0, 3)).isEqualTo(3 << 5);
        assertThat(Role.DIRECT).isEqualTo(1 << 7);
        assertThat(Role.withAccess(0, Role.ACC_ALL)).isEqualTo(7 << 8);
        assertThat(Role.INVALID).isEqualTo(1 << 11);
        assertThat(Role.EFER_NX).isEqualTo(1 << 12);
        assertThat(Role.CR0_WP).isEqualTo(1 << 13);
        assertThat(Role.SMEP_ANDNOT_WP).isEqualTo(1 << 14);
        assertThat(Role.SMAP_ANDNOT_WP).isEqualTo(1 << 15);
        assertThat(Role.AD_DISABLED).isEqualTo(1 << 16);
        assertThat(Role.GUEST_MODE).isEqualTo(1 << 17);
        assertThat(Role.PASSTHROUGH).isEqualTo(1 << 18);
        assertThat(Role.addressSpace(1 << 24)).isOne();
        assertThat(Role.addressSpace(-1 >>> 8)).isZero();
    }

    /** Words of recorded kernels. */
    @ParameterizedTest
    @CsvSource({
        "0x3784,  4, 7, 0, true,  false, root of two-dimensional paging",
        "0x3781,  1, 7, 0, true,  false, level-1 page of two-dimensional paging",
        "0x3f84,  4, 7, 0, true,  true,  the root after it was zapped",
        "0x3704,  4, 7, 0, false, false, root of a 4-level guest in shadow paging",
        "0x3701,  1, 7, 0, false, false, level-1 page of it",
        "0x3281,  1, 2, 0, true,  false, level-1 page below a guest huge page of a supervisor",
        "0x3772,  2, 7, 3, false, false, the fourth root of a guest with 4-byte entries",
        "0x3711,  1, 7, 0, false, false, level-1 page of 4-byte entries",
        "0x5703,  3, 7, 0, false, false, level-3 page with CR4.SMEP and without CR0.WP",
        "0x21704, 4, 7, 0, false, false, root of a nested guest",
    })
    void recordedWordsReadAsTheyPrint(
            String word, int level, int access, int quadrant, boolean direct, boolean invalid, String whatItIs) {
        int role = Integer.decode(word);

        assertThat(Role.level(role)).isEqualTo(level);
        assertThat(Role.access(role)).isEqualTo(access);
        assertThat(Role.quadrant(role)).isEqualTo(quadrant);
        assertThat(Role.direct(role)).isEqualTo(direct);
        assertThat(Role.hasGptes(role)).isEqualTo(!direct);
        assertThat(Role.invalid(role)).isEqualTo(invalid);
        assertThat(Role.addressSpace(role)).isZero();
    }

    /** SP-4: a passthrough page mirrors nothing. */
    @Test
    void onlyAPageThatIsNeitherDirectNorPassthroughMirrorsEntries() {
        assertThat(Role.hasGptes(0x3705 | Role.PASSTHROUGH)).isFalse();
    }

    /** SP-20. */
    @Test
    void aChildIsOneLevelLowerAndInheritsTheRest() {
        assertThat(Role.child(0x3784, 9, true, Role.ACC_ALL)).isEqualTo(0x3783);
        assertThat(Role.child(0x23703, 9, false, 3)).isEqualTo(0x23302);
        assertThat(Role.child(0x3702 | Role.INVALID | Role.PASSTHROUGH, 0, true, 5))
                .as("zapped and passthrough are not inherited")
                .isEqualTo(0x3581);
    }

    /** SP-20: level-1 pages of 4-byte entries mirror half a table. */
    @Test
    void theQuadrantOfALevel1PageOf4ByteEntriesIsTheParityOfTheEntry() {
        int parent = Role.withQuadrant(0x3712, 3);

        assertThat(Role.child(parent, 6, false, Role.ACC_ALL)).isEqualTo(0x3711);
        assertThat(Role.child(parent, 7, false, Role.ACC_ALL)).isEqualTo(0x3731);
        assertThat(Role.child(parent, 7, true, Role.ACC_ALL))
                .as("a direct child keeps the quadrant")
                .isEqualTo(0x37b1);
    }
}
