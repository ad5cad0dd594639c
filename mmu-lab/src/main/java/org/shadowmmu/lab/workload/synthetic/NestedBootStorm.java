package org.shadowmmu.lab.workload.synthetic;

import java.util.ArrayList;
import java.util.List;
import org.shadowmmu.engine.vm.AccessKind;

/**
 * Nested guests that come and go: rounds of guests that boot side by side, one per virtual CPU of L1, write to all their
 * memory, and end. The workload of Ben Gardon's measurement of August 2020.
 *
 * <p>Guests of one position take turns with one run of L1's memory per {@link Shape#places}; every boot's tables lie in
 * frames that no table used before, so that nothing is found again.
 */
public final class NestedBootStorm {
    /** Told how the storm goes on. */
    @FunctionalInterface
    public interface Observer {
        /**
         * A guest has booted.
         *
         * @param boot its number, from 1
         * @return whether to go on
         */
        boolean booted(int boot);

        /**
         * Every guest of a round had a turn.
         *
         * @param touches pages touched so far
         * @return whether to go on
         */
        default boolean turned(long touches) {
            return true;
        }

        /** A guest is about to touch a page, which is this frame of L1's memory. */
        default void touches(long gfn) {}

        /** It has touched it. */
        default void touched(long gfn) {}
    }

    /**
     * What a storm is like.
     *
     * @param side guests that run at the same time; L1 needs as many virtual CPUs
     * @param rounds how often all of them boot
     * @param guestPages the memory of one guest in pages
     * @param stride the guest touches every page whose number is a multiple of it; 1 touches all
     * @param places runs of L1's memory that the guests take turns with, at least {@code side}
     * @param entriesPerExit as in {@link NestedGuest}
     * @param tearDown what L1 does with the tables of a guest that ended
     */
    public record Shape(
            int side, int rounds, int guestPages, int stride, int places, int entriesPerExit, TableTearDown tearDown) {
        /** The number of boots. */
        public int boots() {
            return side * rounds;
        }
    }

    private static final int TURN = 512;

    private final GuestHypervisor host;
    private final Shape shape;
    private long nextTable;
    private long touches;

    /** Makes a storm on an L1 that runs no guest. */
    public NestedBootStorm(GuestHypervisor host, Shape shape) {
        this.host = host;
        this.shape = shape;
        nextTable = GuestHypervisor.FIRST_FREE_GFN + (long) shape.places() * shape.guestPages();
    }

    /** Runs all rounds; the observer may end it after any boot. Boots of a round end in order. */
    public void run(Observer observer) {
        for (int round = 0; round < shape.rounds(); round++) {
            if (!round(round, observer)) {
                return;
            }
        }
    }

    private boolean round(int round, Observer observer) {
        List<NestedGuest> guests = new ArrayList<>();
        for (int place = 0; place < shape.side(); place++) {
            int run = (round * shape.side() + place) % shape.places();
            guests.add(new NestedGuest(
                    host,
                    place,
                    GuestHypervisor.FIRST_FREE_GFN + (long) run * shape.guestPages(),
                    shape.guestPages(),
                    this::freeFrame,
                    shape.entriesPerExit()));
        }
        for (int from = 0; from < shape.guestPages(); from += TURN) {
            for (NestedGuest guest : guests) {
                turn(guest, from, observer);
            }
            if (!observer.turned(touches)) {
                return false;
            }
        }
        boolean goOn = true;
        for (int place = 0; place < shape.side(); place++) {
            goOn &= observer.booted(round * shape.side() + place + 1);
        }
        for (NestedGuest guest : guests) {
            guest.end(shape.tearDown());
        }
        return goOn;
    }

    private void turn(NestedGuest guest, int from, Observer observer) {
        int end = Math.min(from + TURN, shape.guestPages());
        for (int page = from; page < end; page += shape.stride()) {
            observer.touches(guest.firstGfn() + page);
            guest.touch(page, AccessKind.WRITE);
            observer.touched(guest.firstGfn() + page);
            touches++;
        }
    }

    private long freeFrame() {
        if (nextTable >= host.pages()) {
            throw new IllegalStateException("L1 has no memory left for nested tables");
        }
        return nextTable++;
    }

    /** Pages that a guest of so many pages touches while it boots. */
    static long touchesOf(int guestPages, int stride) {
        long touches = 0;
        for (int from = 0; from < guestPages; from += TURN) {
            touches += (Math.min(TURN, guestPages - from) + stride - 1) / stride;
        }
        return touches;
    }

    /** Pages that nested guests touched so far. */
    public long touches() {
        return touches;
    }
}
