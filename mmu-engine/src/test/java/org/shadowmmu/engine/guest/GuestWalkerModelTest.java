package org.shadowmmu.engine.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.shadowmmu.engine.guest.GuestTables.A;
import static org.shadowmmu.engine.guest.GuestTables.D;
import static org.shadowmmu.engine.guest.GuestTables.NX;
import static org.shadowmmu.engine.guest.GuestTables.P;
import static org.shadowmmu.engine.guest.GuestTables.PS;
import static org.shadowmmu.engine.guest.GuestTables.U;
import static org.shadowmmu.engine.guest.GuestTables.W;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.shadowmmu.engine.event.MmuEvents;

/**
 * The walk of guest page tables against a small model that knows nothing of the engine, in the manner of the access test
 * of kvm-unit-tests: every condition is a bit, all combinations are tried, one predicate leaves out those that mean
 * nothing, and the model predicts the events, the error, the accessed and dirty bits, and the translation.
 *
 * <p>Two entries have every combination of bits: a directory, which may map a large page, and the entry below it. The
 * entries above have seeded random bits.
 */
class GuestWalkerModelTest {
    // Conditions of the directory entry.
    private static final int DIR_P = 1;
    private static final int DIR_W = 1 << 1;
    private static final int DIR_U = 1 << 2;
    private static final int DIR_A = 1 << 3;
    private static final int DIR_D = 1 << 4;
    private static final int DIR_PS = 1 << 5;
    private static final int DIR_NX = 1 << 6;
    private static final int DIR_RESERVED = 1 << 7;
    // Conditions of the entry below.
    private static final int LOW_SHIFT = 8;
    private static final int LOW_MASK = 127;
    private static final int LOW_P = 1;
    private static final int LOW_W = 1 << 1;
    private static final int LOW_U = 1 << 2;
    private static final int LOW_A = 1 << 3;
    private static final int LOW_D = 1 << 4;
    private static final int LOW_NX = 1 << 5;
    private static final int LOW_RESERVED = 1 << 6;
    // Conditions of the access.
    private static final int WRITE = 1 << 15;
    private static final int FETCH = 1 << 16;
    private static final int USER = 1 << 17;
    private static final int COMBINATIONS = 1 << 18;

    private static final int PHYSICAL_BITS = 40;

    /** Whether a combination says something that no other one says. */
    private static boolean legal(int bits) {
        if ((bits & (WRITE | FETCH)) == (WRITE | FETCH)) {
            return false;
        }
        boolean leadsOn = (bits & (DIR_P | DIR_PS)) == DIR_P;
        return leadsOn ? (bits & DIR_D) == 0 : (bits >> LOW_SHIFT & LOW_MASK) == 0;
    }

    @ParameterizedTest(name = "{0} levels, directory at level {1}")
    @CsvSource({"2, 2", "3, 2", "4, 2", "5, 2", "4, 3", "5, 3", "4, 4", "5, 5"})
    void theWalkerDoesWhatTheModelPredicts(int levels, int directory) {
        SplittableRandom random = new SplittableRandom(levels * 10 + directory);
        for (int registers = 0; registers < 16; registers++) {
            Model model = new Model(
                    levels, (registers & 1) != 0, (registers & 2) != 0, (registers & 4) != 0, (registers & 8) != 0);
            Recorder recorder = new Recorder();
            GuestTables guest =
                    new GuestTables(GuestTables.mode(levels, model.wp, model.nx, model.smep, model.smap), recorder);
            for (int bits = 0; bits < COMBINATIONS; bits++) {
                if (legal(bits)) {
                    check(guest, recorder, model, directory, bits, random);
                }
            }
        }
    }

    private static void check(
            GuestTables guest, Recorder recorder, Model model, int directory, int bits, SplittableRandom random) {
        long address = random.nextLong(1L << (model.levels < 4 ? 32 : 47));
        int access = ((bits & WRITE) != 0 ? Access.WRITE : 0)
                | ((bits & FETCH) != 0 ? Access.FETCH : 0)
                | ((bits & USER) != 0 ? Access.USER : 0);
        for (int level = model.levels; level >= 1; level--) {
            long frame = level == 1 ? random.nextLong(1L << 20) : GuestTables.table(level - 1);
            long entry = frame << 12;
            if (level > directory) {
                entry |= model.levels == 3 ? randomPdpte(random) : randomUpper(random);
            } else if (level == directory) {
                entry = directoryEntry(bits, frame, level, model, random);
            } else if (level == directory - 1) {
                entry |= lowEntry(bits, model);
            } else {
                entry |= P | W | U;
            }
            model.entries[level] = model.levels == 2 ? entry & 0xffffffffL : entry;
        }
        if (model.levels == 3) {
            guest.pdptes[(int) (address >>> 30)] = model.entries[3];
        }
        for (int level = model.levels == 3 ? 2 : model.levels; level >= 1; level--) {
            guest.set(guest.entryGpa(address, level), model.entries[level]);
        }

        model.walk(address, access);
        recorder.length = 0;
        boolean allowed = guest.walk(address, access);

        String what = Integer.toBinaryString(bits);
        assertThat(allowed).as(what).isEqualTo(model.error < 0);
        if (!Arrays.equals(recorder.events, 0, recorder.length, model.events, 0, model.length)) {
            assertThat(Arrays.copyOf(recorder.events, recorder.length))
                    .as(what)
                    .containsExactly(Arrays.copyOf(model.events, model.length));
        }
        for (int level = model.levels == 3 ? 2 : model.levels; level >= 1; level--) {
            if (guest.get(guest.entryGpa(address, level)) != model.entries[level]) {
                assertThat(guest.get(guest.entryGpa(address, level)))
                        .as("%s, entry of level %d", what, level)
                        .isEqualTo(model.entries[level]);
            }
        }
        if (!allowed) {
            assertThat(guest.walker.error()).as(what).isEqualTo(model.error);
        } else if (guest.walker.gfn() != model.gfn
                || guest.walker.leafAccess() != model.access
                || guest.walker.leafLevel() != model.leaf) {
            assertThat(guest.walker.gfn()).as(what).isEqualTo(model.gfn);
            assertThat(guest.walker.leafAccess()).as(what).isEqualTo(model.access);
            assertThat(guest.walker.leafLevel()).as(what).isEqualTo(model.leaf);
        }
    }

    /** What a PDPTE register can hold. */
    private static long randomPdpte(SplittableRandom random) {
        return random.nextInt(32) == 0 ? 0 : P;
    }

    private static long randomUpper(SplittableRandom random) {
        long entry = P | W | U;
        int dice = random.nextInt(256);
        if (dice < 8) {
            entry = 0;
        } else if (dice < 40) {
            entry &= ~W;
        } else if (dice < 72) {
            entry &= ~U;
        } else if (dice < 96) {
            entry |= NX;
        } else if (dice < 100) {
            entry |= 1L << 45;
        }
        return random.nextBoolean() ? entry | A : entry;
    }

    private static long directoryEntry(int bits, long frame, int level, Model model, SplittableRandom random) {
        boolean large = (bits & DIR_PS) != 0;
        long base = frame;
        if (large && model.levels == 2) {
            base = random.nextLong(1 << 10) << 10 | random.nextLong(16) << 1;
        } else if (large) {
            base = random.nextLong(1 << 8) << 9 * (level - 1) & (1L << 28) - 1;
        }
        long entry = base << 12;
        entry |= (bits & DIR_P) != 0 ? P : 0;
        entry |= (bits & DIR_W) != 0 ? W : 0;
        entry |= (bits & DIR_U) != 0 ? U : 0;
        entry |= (bits & DIR_A) != 0 ? A : 0;
        entry |= (bits & DIR_D) != 0 ? D : 0;
        entry |= large ? PS : 0;
        entry |= (bits & DIR_NX) != 0 ? NX : 0;
        if ((bits & DIR_RESERVED) != 0) {
            entry |= large ? 1L << 20 : 1L << 41;
        }
        return entry;
    }

    private static long lowEntry(int bits, Model model) {
        int low = bits >> LOW_SHIFT;
        long entry = (low & LOW_P) != 0 ? P : 0;
        entry |= (low & LOW_W) != 0 ? W : 0;
        entry |= (low & LOW_U) != 0 ? U : 0;
        entry |= (low & LOW_A) != 0 ? A : 0;
        entry |= (low & LOW_D) != 0 ? D : 0;
        entry |= (low & LOW_NX) != 0 ? NX : 0;
        return entry | ((low & LOW_RESERVED) != 0 ? 1L << 51 : 0);
    }

    /** What the tables should do. */
    private static final class Model {
        final int levels;
        final boolean wp;
        final boolean nx;
        final boolean smep;
        final boolean smap;

        final long[] entries = new long[6];
        final long[] events = new long[64];
        int length;
        int error;
        int leaf;
        int access;
        long gfn;

        Model(int levels, boolean wp, boolean nx, boolean smep, boolean smap) {
            this.levels = levels;
            this.wp = wp;
            this.nx = nx;
            this.smep = smep;
            this.smap = smap;
        }

        void walk(long address, int wanted) {
            length = 0;
            boolean write = (wanted & Access.WRITE) != 0;
            boolean fetch = (wanted & Access.FETCH) != 0;
            boolean user = (wanted & Access.USER) != 0;
            event(Recorder.WALK, address, wanted);
            int cause = descend();
            boolean writable = true;
            boolean userPage = true;
            boolean executable = true;
            if (cause < 0) {
                for (int level = top(); level >= leaf; level--) {
                    writable &= (entries[level] & W) != 0;
                    userPage &= (entries[level] & U) != 0;
                    executable &= entries[level] >= 0;
                }
                boolean refused = write && !writable && (user || wp);
                refused |= user && !userPage;
                refused |= fetch && nx && !executable;
                refused |= fetch && smep && !user && userPage;
                refused |= !fetch && smap && !user && userPage;
                cause = refused ? 1 : -1;
            }
            if (cause >= 0) {
                error = cause | (write ? 2 : 0) | (user ? 4 : 0) | (fetch && (nx || smep) ? 16 : 0);
                event(Recorder.ERROR, error, 0);
                return;
            }
            error = -1;
            access = (executable ? 1 : 0) | (writable ? 2 : 0) | (userPage ? 4 : 0);
            gfn = translate(address);
            if (!write && (entries[leaf] & D) == 0) {
                access &= ~2;
            }
            setBits(address, write);
        }

        /** With a PAE guest the walk proper begins at level 2. */
        private int top() {
            return levels == 3 ? 2 : levels;
        }

        /** Reads from the top to the leaf; -1, or why not: 0 not present, 9 reserved. */
        private int descend() {
            if (levels == 3) {
                event(Recorder.ELEMENT, entries[3], 3);
                if ((entries[3] & P) == 0) {
                    return 0;
                }
            }
            for (int level = top(); level >= 1; level--) {
                long entry = entries[level];
                event(Recorder.ELEMENT, entry, level);
                if ((entry & P) == 0) {
                    return 0;
                }
                for (int bit = 0; bit < 64; bit++) {
                    if ((entry >>> bit & 1) != 0 && reserved(bit, level, (entry & PS) != 0)) {
                        return 9;
                    }
                }
                if (level == 1 || (entry & PS) != 0) {
                    leaf = level;
                    return -1;
                }
            }
            throw new AssertionError("level 1 is a leaf");
        }

        /** GP-15 to GP-17, bit by bit. */
        private boolean reserved(int bit, int level, boolean large) {
            if (levels == 2) {
                return level == 2 && large && bit >= 17 && bit <= 21;
            }
            if (bit == 63) {
                return !nx;
            }
            if (bit >= PHYSICAL_BITS && bit <= (levels == 3 ? 62 : 51)) {
                return true;
            }
            return switch (level) {
                case 5, 4 -> bit == 7 || bit == 8;
                case 3 -> large && bit >= 13 && bit <= 29;
                case 2 -> large && bit >= 13 && bit <= 20;
                default -> false;
            };
        }

        private long translate(long address) {
            long page = address >>> 12;
            long entry = entries[leaf];
            if (levels == 2) {
                return leaf == 1 ? entry >>> 12 : (entry >>> 22) << 10 | (entry >>> 13 & 15) << 20 | page & 1023;
            }
            long frame = entry >>> 12 & (1L << 40) - 1;
            long inside = (1L << 9 * (leaf - 1)) - 1;
            return frame & ~inside | page & inside;
        }

        private void setBits(long address, boolean write) {
            for (int level = top(); level >= leaf; level--) {
                long gpa = (GuestTables.table(level) << 12)
                        + (long) GuestTables.index(address, level, levels) * (levels == 2 ? 4 : 8);
                if ((entries[level] & A) == 0) {
                    event(Recorder.ACCESSED, gpa, 0);
                    entries[level] |= A;
                }
                if (level == leaf && write && (entries[level] & D) == 0) {
                    event(Recorder.DIRTY, gpa, 0);
                    entries[level] |= D;
                }
            }
        }

        private void event(int kind, long first, long second) {
            events[length++] = kind;
            events[length++] = first;
            events[length++] = second;
        }
    }

    /** Events as numbers: kind and two values. */
    private static final class Recorder implements MmuEvents {
        static final int WALK = 1;
        static final int ELEMENT = 2;
        static final int ACCESSED = 3;
        static final int DIRTY = 4;
        static final int ERROR = 5;

        final long[] events = new long[128];
        int length;

        private void event(int kind, long first, long second) {
            events[length++] = kind;
            events[length++] = first;
            events[length++] = second;
        }

        @Override
        public void pagetableWalk(long address, int error) {
            event(WALK, address, error);
        }

        @Override
        public void pagingElement(long entry, int level) {
            event(ELEMENT, entry, level);
        }

        @Override
        public void setAccessedBit(long entryGpa) {
            event(ACCESSED, entryGpa, 0);
        }

        @Override
        public void setDirtyBit(long entryGpa) {
            event(DIRTY, entryGpa, 0);
        }

        @Override
        public void walkerError(int error) {
            event(ERROR, error, 0);
        }
    }
}
