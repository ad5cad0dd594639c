package org.shadowmmu.lab.workload;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PageSetTest {
    @Test
    void behavesAsAPlainSet() {
        Random random = new Random(1);
        PageSet pages = new PageSet();
        Set<Long> plain = new HashSet<>();
        for (int i = 0; i < 200_000; i++) {
            long page = random.nextInt(10) == 0 ? random.nextLong(1L << 40) : random.nextInt(50_000);
            assertThat(pages.add(page)).isEqualTo(plain.add(page));
        }
        assertThat(pages.size()).isEqualTo(plain.size());
    }
}
