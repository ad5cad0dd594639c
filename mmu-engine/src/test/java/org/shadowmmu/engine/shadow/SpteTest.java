package org.shadowmmu.engine.shadow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The bits of SPTEs (ST-1 to ST-8, ST-30). */
class SpteTest {
    /** ST-1, ST-2: the bit numbers of the specification. */
    @Test
    void bitsLieWhereTheProcessorAndTheKernelHaveThem() {
        assertThat(Spte.PRESENT).isEqualTo(1L);
        assertThat(Spte.WRITABLE).isEqualTo(1L << 1);
        assertThat(Spte.USER).isEqualTo(1L << 2);
        assertThat(Spte.ACCESSED).isEqualTo(1L << 5);
        assertThat(Spte.DIRTY).isEqualTo(1L << 6);
        assertThat(Spte.HUGE).isEqualTo(1L << 7);
        assertThat(Spte.HOST_WRITABLE).isEqualTo(1L << 9);
        assertThat(Spte.MMU_WRITABLE).isEqualTo(1L << 10);
        assertThat(Spte.SHADOW_PRESENT).isEqualTo(1L << 11);
        assertThat(Spte.NX).isEqualTo(1L << 63);
        assertThat(Spte.ADDRESS).isEqualTo(0x000f_ffff_ffff_f000L);
        assertThat(Spte.REMOVED).isEqualTo(0x5a0);
    }

    /** Values of recorded kernels; frames are left out there. */
    @Test
    void recordedValuesReadAsTheKernelReadsThem() {
        long fault = 0xe67 | 0x100L << 12;
        assertThat(Spte.present(fault)).isTrue();
        assertThat(Spte.leaf(fault, 1)).isTrue();
        assertThat(Spte.writable(fault)).isTrue();
        assertThat(Spte.mmuWritable(fault)).isTrue();
        assertThat(Spte.pfn(fault)).isEqualTo(0x100);

        long huge = 0xee7;
        assertThat(Spte.leaf(huge, 2)).isTrue();
        assertThat(Spte.presentNonLeaf(huge, 2)).isFalse();

        long link = 0x827 | 77L << 12;
        assertThat(Spte.nonLeaf(77, false)).isEqualTo(link);
        assertThat(Spte.presentNonLeaf(link, 2)).isTrue();
        assertThat(Spte.presentNonLeaf(link, 1)).isFalse();
        assertThat(Spte.childId(link)).isEqualTo(77);
    }

    /** ST-8: without accessed bits a link has none. */
    @Test
    void linksAlwaysGiveFullPermission() {
        assertThat(Spte.nonLeaf(5, true)).isEqualTo(0x807 | 5L << 12);
    }

    /** ST-4, ST-5. */
    @ParameterizedTest
    @ValueSource(longs = {0, Spte.REMOVED, Spte.PRESENT, 1L << 51})
    void whatIsNotShadowPresentIsNeitherLeafNorLinkNorMmio(long spte) {
        assertThat(Spte.present(spte)).isFalse();
        assertThat(Spte.presentNonLeaf(spte, 3)).isFalse();
        assertThat(Spte.mmio(spte)).isFalse();
    }

    /** ST-5: an entry of a recorded kernel's dump. */
    @Test
    void mmioEntryLooksAsRecorded() {
        assertThat(Spte.mmio(0xfe0000, Role.ACC_ALL, 0xc)).isEqualTo(0x8000fe0000067L);
    }

    /** ST-5: whatever goes in comes out, the generation cut to 19 bits. */
    @Test
    void mmioEntryKeepsFrameAccessAndGeneration() {
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < 100_000; i++) {
            long gfn = random.nextLong(1L << 39);
            int access = random.nextInt(8);
            long generation = random.nextLong() >>> random.nextInt(64);
            long spte = Spte.mmio(gfn, access, generation);

            assertThat(Spte.mmio(spte)).isTrue();
            assertThat(Spte.present(spte)).isFalse();
            assertThat(spte).isPositive();
            assertThat(Spte.mmioGfn(spte)).isEqualTo(gfn);
            assertThat(Spte.mmioAccess(spte)).isEqualTo(access & 6);
            assertThat(Spte.mmioGeneration(spte)).isEqualTo(generation & 0x7ffff);
            assertThat(Spte.mmioGenerationOf(generation)).isEqualTo(generation & 0x7ffff);
        }
    }

    /** ST-30. */
    @ParameterizedTest
    @CsvSource({
        "0x000, 0xe67, false, nothing was there",
        "0xe67, 0xe67, false, nothing changes",
        "0xe67, 0xe65, true,  a writable leaf becomes read-only",
        "0xe65, 0xe65, true,  MMU-writable before and not writable after",
        "0xa65, 0xa65, false, read-only for a guest table all along",
        "0xa25, 0xe67, false, a leaf becomes writable",
        "0xe67, 0xe47, true,  accessed before and not after",
        "0xe67, 0xe27, true,  dirty before and not after",
        "0xe07, 0xe67, false, accessed and dirty appear",
    })
    void aFlushIsNeededWhenRightsOrTracesGoAway(String old, String replacement, boolean flush, String why) {
        assertThat(Spte.needsFlush(Long.decode(old), Long.decode(replacement)))
                .as(why)
                .isEqualTo(flush);
    }
}
