package org.shadowmmu.engine.policy;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.api.Decision;

/**
 * What the policies of one virtual machine are doing: which call of foreign code runs, and how many steps it took.
 *
 * <p>The thread of the machine writes, at the cost of three plain stores per call; any other thread may ask with {@link
 * #call()} whether the same call still runs, and give the machine up when it does for too long. Steps are counted where a
 * policy walks: in queues, words, parents, children and entries. They are the same in every run, so an endless loop that
 * walks ends at the same place with the same sentence on every machine.
 */
public final class PolicyWatch {
    /** The steps that one call of a hook or decision may take; a walk over a full quota of 1 TiB takes a third of it. */
    public static final long MOST_STEPS = 1L << 24;

    static final int DECISIONS = Hook.values().length;
    static final int CREATE = DECISIONS + Decision.values().length;

    static final String TOO_MANY_STEPS = "took more than " + MOST_STEPS + " steps";

    private static final int PLACE_BITS = 5;
    private static final int MEMBER_BITS = 3;
    private static final String[] PLACES = places();
    private static final VarHandle CALL;
    private static final VarHandle STEPS_LEFT;

    static {
        try {
            CALL = MethodHandles.lookup().findVarHandle(PolicyWatch.class, "call", long.class);
            STEPS_LEFT = MethodHandles.lookup().findVarHandle(PolicyWatch.class, "stepsLeft", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final @Nullable PolicyChoice[] choices = new PolicyChoice[1 << MEMBER_BITS];
    private int members;
    private @Nullable VmFacts facts;

    private final @Nullable AnswerJournal journal;
    private long number;
    private long stepsLeft = Long.MAX_VALUE;

    /** Number of the running call, member and place; 0 outside foreign code. */
    private long call;

    private PolicyWatch(@Nullable AnswerJournal journal) {
        this.journal = journal;
    }

    /** Makes the watch of a machine that is built next. */
    public PolicyWatch() {
        this(null);
    }

    /** Makes a watch that also writes down every answer, so that the run can be repeated and compared. */
    public static PolicyWatch noting() {
        return new PolicyWatch(new AnswerJournal());
    }

    /**
     * Makes the watch of a repetition: the policies must answer as they did under this watch, or the first answer that
     * differs is a {@link PolicyFailure}.
     *
     * @throws IllegalStateException if this watch wrote nothing down
     */
    public PolicyWatch ofRepetition() {
        if (journal == null) {
            throw new IllegalStateException("the first run was not written down");
        }
        return new PolicyWatch(journal.toCompare());
    }

    private static String[] places() {
        String[] places = new String[CREATE + 1];
        for (Hook hook : Hook.values()) {
            places[hook.ordinal()] = hook.toString();
        }
        for (Decision decision : Decision.values()) {
            String method = Arrays.stream(decision.type().getMethods())
                    .filter(candidate -> Modifier.isAbstract(candidate.getModifiers()))
                    .findFirst()
                    .orElseThrow()
                    .getName();
            places[DECISIONS + decision.ordinal()] = "decision " + decision.id() + " (" + method + ")";
        }
        places[CREATE] = "create";
        return places;
    }

    /** How a report names a place. */
    static String place(int place) {
        return PLACES[place];
    }

    // ---- the thread of the machine ---------------------------------------------------------------------------------

    void bind(VmFacts machine) {
        facts = machine;
    }

    /** Gives the next policy its number. */
    int member(PolicyChoice choice) {
        choices[members] = choice;
        return members++;
    }

    /** Foreign code is about to run. */
    void enter(int member, int place) {
        stepsLeft = MOST_STEPS;
        CALL.setRelease(this, (++number << MEMBER_BITS | member) << PLACE_BITS | place);
    }

    /**
     * Foreign code returned.
     *
     * @throws PolicyFailure if it took too many steps, and caught what told it so
     */
    void leave() {
        if (stepsLeft < 0) {
            throw failure(call, TOO_MANY_STEPS);
        }
        CALL.setRelease(this, 0L);
    }

    /** Counts a step of the running call. */
    public void step() {
        steps(1);
    }

    /** Counts several steps of the running call; does nothing outside one. */
    public void steps(int count) {
        long left = stepsLeft - count;
        if (left < 0) {
            // Always the same, so that a policy that catches the error and walks on is seen to stand still.
            stepsLeft = -1;
            throw new TooManyStepsError();
        }
        stepsLeft = left;
    }

    /** Whether the running call, or the one that returned last, took too many steps. */
    boolean tookTooManySteps() {
        return stepsLeft < 0;
    }

    /** Notes an answer, or compares it with the one of the run that is repeated. */
    void answered(long answer) {
        if (journal != null && !journal.accept(answer)) {
            throw new DifferentAnswerError();
        }
    }

    // ---- any thread ------------------------------------------------------------------------------------------------

    /** The call of foreign code that runs now, a number that no other call has; 0 if none runs. */
    public long call() {
        return (long) CALL.getAcquire(this);
    }

    /**
     * The steps that the running call may still take. Another thread sees a recent value: a call that walks is seen to get
     * on, and ends by itself, however slow the machine is.
     */
    public long stepsLeft() {
        return (long) STEPS_LEFT.getOpaque(this);
    }

    /**
     * The failure of a call that never returned.
     *
     * @param stuck what {@link #call()} gave, again and again
     */
    public PolicyFailure neverReturned(long stuck) {
        return failure(stuck, "never returned");
    }

    private PolicyFailure failure(long which, String deed) {
        int place = (int) which & (1 << PLACE_BITS) - 1;
        int member = (int) (which >>> PLACE_BITS) & (1 << MEMBER_BITS) - 1;
        PolicyChoice choice = choices[member];
        if (choice == null) {
            throw new IllegalArgumentException("there is no call " + which);
        }
        long event = facts == null ? 0 : facts.eventNumber();
        return new PolicyFailure(choice, place(place), event, deed, null);
    }
}
