package org.shadowmmu.lab.workload.synthetic;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import org.shadowmmu.lab.workload.EntryKind;
import org.shadowmmu.lab.workload.ShadowMachine;

/**
 * Short processes under shadow paging, as a compile makes them: on each virtual CPU a parent forks a child, the child starts a
 * program, uses its memory for a while, and ends. Every process has 4-level tables of its own, which the guest kernel changes
 * by stores; so shadow pages are made, become unsync, are synchronised, flooded and reclaimed by what the guest does.
 *
 * <p>Time is cut into stretches of a million guest instructions. In each, a program is busy in some regions of its memory, drawn
 * at random: it uses pages there, one after the other, and its hottest pages again between two of them, because hundreds of
 * instructions lie between. The guest kernel uses its own memory as well.
 */
public final class ForkExec {
    /** Told how the workload goes on. */
    public interface Observer {
        /** A program is about to use a page, and what goes with that. */
        default void uses() {}

        /** It has used it. */
        default void used() {}

        /**
         * A program ended.
         *
         * @param count the number of programs that ended so far
         * @return whether to go on
         */
        boolean ended(int count);
    }

    /**
     * What the guest is like.
     *
     * @param vcpus virtual CPUs, each with a parent and one program at a time
     * @param pages the guest's memory in 4 KiB pages
     * @param huge whether the host backs it with huge pages where the MMU allows
     * @param programs programs that run in all
     * @param stretches stretches of a million instructions per program
     * @param last programs at the end that run for another time
     * @param lastStretches stretches of each of those
     * @param regions 2 MiB regions that a program has pages in, i.e. its leaf tables
     * @param pagesPerRegion pages that a program has in each of them
     * @param regionsPerDirectory neighbouring regions, up to 512; each run of them lies in a GiB of its own
     * @param busyRegions regions that a program uses in a stretch
     * @param uses uses of pages in them per stretch
     * @param hot hottest pages, each in another region, used again after each of those
     * @param kernelUses uses of the kernel's own pages per stretch
     * @param turn uses after which the next virtual CPU has its turn
     * @param reuse which free frame the kernel takes
     * @param seed of everything random
     */
    public record Shape(
            int vcpus,
            long pages,
            boolean huge,
            int programs,
            int stretches,
            int last,
            int lastStretches,
            int regions,
            int pagesPerRegion,
            int regionsPerDirectory,
            int busyRegions,
            int uses,
            int hot,
            int kernelUses,
            int turn,
            FrameReuse reuse,
            long seed) {
        private static final int MAX_PAGES_PER_REGION = 512;

        /**
         * @throws IllegalArgumentException if a number is outside its range
         */
        public Shape {
            if (vcpus < 1
                    || programs < 0
                    || stretches < 0
                    || lastStretches < 0
                    || uses < 0
                    || kernelUses < 0
                    || turn < 1) {
                throw new IllegalArgumentException("there is at least one virtual CPU and one use per turn");
            }
            if (regions < 1 || pagesPerRegion < 1 || pagesPerRegion > MAX_PAGES_PER_REGION) {
                throw new IllegalArgumentException("a program has 1 region or more, with 1 to 512 pages each");
            }
            if (regionsPerDirectory < 1 || regionsPerDirectory > MAX_PAGES_PER_REGION) {
                throw new IllegalArgumentException("1 to 512 regions share a GiB");
            }
            if (busyRegions < 1 || busyRegions > regions || hot < 0 || hot > regions) {
                throw new IllegalArgumentException(
                        "busy regions and hot pages lie in different regions of the program");
            }
        }

        /**
         * A quick compile in a guest of 1 GiB with two virtual CPUs, after the job in the recorded stream procs-1g-gva. There a
         * program uses 8.7 regions and 162 pages per million instructions. 204 uses by programs and 647 by the kernel come
         * first in their window of a million instructions; ten times shorter windows have 2.7 times as many (boot-1g and
         * boot-1g-gva), so windows of 10,000, in which a round of reclaim passes, have 1,487. The regions that a program has
         * in all, and how they spread, are estimates.
         */
        public static Shape compile(int programs, int stretches, long seed) {
            return new Shape(
                    2,
                    1 << 18,
                    true,
                    programs,
                    stretches,
                    0,
                    0,
                    40,
                    18,
                    8,
                    9,
                    1487,
                    3,
                    647,
                    16,
                    FrameReuse.OLDEST,
                    seed);
        }

        /** The same guest with other habits. */
        public Shape using(int newUses, int newBusyRegions) {
            return new Shape(
                    vcpus,
                    pages,
                    huge,
                    programs,
                    stretches,
                    last,
                    lastStretches,
                    regions,
                    pagesPerRegion,
                    regionsPerDirectory,
                    newBusyRegions,
                    newUses,
                    hot,
                    kernelUses,
                    turn,
                    reuse,
                    seed);
        }

        /** The same guest, whose last programs run for another time: they are what is measured, the others lead up to it. */
        public Shape lastOnes(int count, int theirStretches) {
            return new Shape(
                    vcpus,
                    pages,
                    huge,
                    programs,
                    stretches,
                    count,
                    theirStretches,
                    regions,
                    pagesPerRegion,
                    regionsPerDirectory,
                    busyRegions,
                    uses,
                    hot,
                    kernelUses,
                    turn,
                    reuse,
                    seed);
        }
    }

    private static final int PARENT_REGIONS = 4;
    private static final int PARENT_PAGES = 6;
    private static final int CHILD_WRITES = 4;
    private static final long REGION = 1L << 21;
    private static final long GIB = 1L << 30;
    private static final int WRITES_IN_TEN = 3;

    private final Shape shape;
    private final GuestKernel kernel;
    private final SplittableRandom random;
    private final List<Lane> lanes = new ArrayList<>();
    private int started;
    private int ended;

    /** Gives the machine its memory and boots the guest. The machine is one under shadow paging and has no memory yet. */
    public ForkExec(ShadowMachine machine, Shape shape) {
        this.shape = shape;
        kernel = new GuestKernel(machine, shape.vcpus(), shape.pages(), shape.huge(), shape.reuse());
        random = new SplittableRandom(shape.seed());
    }

    /** What one virtual CPU does. */
    private final class Lane {
        private final int cpu;
        private final GuestProcess parent;
        private GuestProcess program;
        private final int[] busy = new int[shape.busyRegions()];
        private int usesLeft;
        private int kernelDebt;

        Lane(int cpu) {
            this.cpu = cpu;
            parent = new GuestProcess(kernel, cpu);
            for (int page = 0; page < PARENT_REGIONS * PARENT_PAGES; page++) {
                parent.use(cpu, parentPage(page), EntryKind.WRITE);
            }
            program = start();
        }

        private long parentPage(int page) {
            return GIB + page % PARENT_REGIONS * REGION + ((long) page / PARENT_REGIONS << 12);
        }

        /** The parent forks, the child writes to a few pages, and a program takes its place. */
        private GuestProcess start() {
            GuestProcess child = parent.fork(cpu);
            for (int page = 0; page < CHILD_WRITES; page++) {
                child.use(cpu, parentPage(page), EntryKind.WRITE);
            }
            child.end(cpu);
            started++;
            usesLeft = (started > shape.programs() - shape.last() ? shape.lastStretches() : shape.stretches())
                    * shape.uses();
            return new GuestProcess(kernel, cpu);
        }

        /** A turn; returns whether a program ended. */
        boolean turn(Observer observer) {
            for (int i = 0; i < shape.turn() && usesLeft > 0; i++, usesLeft--) {
                if (usesLeft % shape.uses() == 0) {
                    drawBusyRegions();
                }
                observer.uses();
                int region = busy[random.nextInt(busy.length)];
                program.use(cpu, page(region, random.nextInt(shape.pagesPerRegion())), kind());
                for (int hot = 0; hot < shape.hot(); hot++) {
                    program.use(cpu, page(hot * shape.regions() / shape.hot(), 0), EntryKind.WRITE);
                }
                useKernel();
                observer.used();
            }
            return usesLeft == 0;
        }

        /** Different regions, anywhere. */
        private void drawBusyRegions() {
            BitSet taken = new BitSet();
            for (int i = 0; i < busy.length; i++) {
                int region = taken.nextClearBit(random.nextInt(shape.regions()));
                busy[i] = region < shape.regions() ? region : taken.nextClearBit(0);
                taken.set(busy[i]);
            }
        }

        private EntryKind kind() {
            return random.nextInt(10) < WRITES_IN_TEN ? EntryKind.WRITE : EntryKind.READ;
        }

        private long page(int region, int page) {
            long place = region / shape.regionsPerDirectory() * GIB + region % shape.regionsPerDirectory() * REGION;
            return GIB + place + ((long) page << 12);
        }

        private void useKernel() {
            kernelDebt += shape.kernelUses();
            while (kernelDebt >= shape.uses()) {
                kernelDebt -= shape.uses();
                long gfn = random.nextLong(GuestKernel.firstOwnFrame(), GuestKernel.lastOwnFrame());
                kernel.use(cpu, gfn, kind());
            }
        }

        void next() {
            program.end(cpu);
            ended++;
            // The parent notices that its child ended.
            parent.use(cpu, parentPage(0), EntryKind.WRITE);
            if (started < shape.programs()) {
                program = start();
            }
        }

        boolean idle() {
            return usesLeft == 0 && started >= shape.programs();
        }
    }

    /** Runs all programs; the observer may end it after any of them. */
    public void run(Observer observer) {
        for (int cpu = 0; cpu < shape.vcpus() && started < shape.programs(); cpu++) {
            lanes.add(new Lane(cpu));
        }
        List<Lane> running = new ArrayList<>(lanes);
        while (!running.isEmpty()) {
            for (Lane lane : List.copyOf(running)) {
                if (lane.turn(observer)) {
                    lane.next();
                    if (lane.idle()) {
                        running.remove(lane);
                    }
                    if (!observer.ended(ended)) {
                        return;
                    }
                }
            }
        }
    }

    /** The programs that ended so far. */
    public int ended() {
        return ended;
    }

    /** The accesses of the guest so far, its kernel's included. */
    public long touches() {
        return kernel.touches();
    }
}
