package org.shadowmmu.engine.shadow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What leaves translate is the same whether they follow a run or not (SP-1). */
class LeafTranslationsTest {
    @Test
    void randomRunsAndDeviationsReadAsAPlainTable() {
        SplittableRandom random = new SplittableRandom(7);
        LeafTranslations translations = new LeafTranslations();
        for (int round = 0; round < 200; round++) {
            translations.clear();
            assertThat(translations.isEmpty()).isTrue();
            int level = 1 + random.nextInt(2);
            long first = random.nextInt(1 << 20);
            long[] gfns = new long[512];
            int[] access = new int[512];
            int deviations = random.nextInt(4) == 0 ? 3 : 1000;
            for (int i = 0; i < 300; i++) {
                int index = random.nextInt(512);
                boolean deviates = random.nextInt(deviations) == 0;
                gfns[index] = deviates ? random.nextInt(1 << 24) : first + ((long) index << 9 * (level - 1));
                access[index] = deviates ? random.nextInt(8) | 1 : 7;
                translations.set(index, level, gfns[index], access[index]);
            }
            for (int index = 0; index < 512; index++) {
                if (access[index] != 0) {
                    assertThat(translations.gfn(index, level)).isEqualTo(gfns[index]);
                    assertThat(translations.access(index, level)).isEqualTo(access[index]);
                }
            }
        }
    }
}
