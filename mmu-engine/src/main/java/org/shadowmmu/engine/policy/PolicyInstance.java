package org.shadowmmu.engine.policy;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.api.MmuPolicy;
import org.shadowmmu.api.PageQueue;
import org.shadowmmu.api.Parameters;
import org.shadowmmu.api.PolicyContext;
import org.shadowmmu.api.ShadowPageView;

/** One policy of one virtual machine with everything it owns there: its links, its words, its random numbers. */
final class PolicyInstance implements PolicyContext {
    final PolicyChoice choice;
    final MmuPolicy policy;
    final int number;

    private final PolicyRuntime runtime;
    private final PageLinks links;
    private final SplittableRandom random;
    private long[] words = {};

    /**
     * Creates the policy.
     *
     * @throws PolicyFailure if the provider throws or returns null
     */
    PolicyInstance(PolicyRuntime runtime, PolicyChoice choice, long seed) {
        this.runtime = runtime;
        this.choice = choice;
        this.number = runtime.watch.member(choice);
        this.links = new PageLinks(runtime.pages, runtime.watch, runtime.work);
        this.random = new SplittableRandom(seed ^ hash(choice.id()));
        @Nullable MmuPolicy created;
        runtime.watch.enter(number, PolicyWatch.CREATE);
        try {
            created = choice.provider().create(this);
        } catch (Throwable t) {
            throw threw(PolicyWatch.CREATE, t);
        }
        if (created == null) {
            throw failure(PolicyWatch.CREATE, "returned null instead of a policy");
        }
        runtime.watch.leave();
        this.policy = created;
    }

    /** FNV-1a: the same number on every machine, and another one for another id. */
    private static long hash(String id) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < id.length(); i++) {
            hash = (hash ^ id.charAt(i)) * 0x100000001b3L;
        }
        return hash;
    }

    PolicyFailure failure(int place, String deed) {
        return new PolicyFailure(choice, PolicyWatch.place(place), runtime.eventNumber(), deed, null);
    }

    PolicyFailure threw(int place, Throwable thrown) {
        if (runtime.watch.tookTooManySteps()) {
            return failure(place, PolicyWatch.TOO_MANY_STEPS);
        }
        if (thrown instanceof DifferentAnswerError) {
            return failure(place, "answered otherwise when the same run was repeated");
        }
        return PolicyFailure.threw(choice, PolicyWatch.place(place), runtime.eventNumber(), thrown);
    }

    /** Takes a zapped page out of the policy's queue and clears its word. */
    void forget(int id) {
        links.release(id);
        if (id < words.length) {
            words[id] = 0;
        }
    }

    /** The first page of the policy's queues, taken one after the other as it made them; null if they are empty. */
    @Nullable ShadowPageView firstQueued() {
        return runtime.pages.view(links.first());
    }

    /** The page after one that is in a queue of the policy; null at the end of the last one. */
    @Nullable ShadowPageView nextQueued(ShadowPageView page) {
        return runtime.pages.view(links.next(page.id()));
    }

    @Override
    public Parameters parameters() {
        return choice.parameters();
    }

    @Override
    public RandomGenerator random() {
        runtime.watch.step();
        return random;
    }

    @Override
    public PageQueue newQueue() {
        if (!runtime.creating()) {
            throw new IllegalStateException("a queue can be made while the policy is created only");
        }
        return links.newQueue();
    }

    @Override
    public long word(ShadowPageView page) {
        runtime.watch.step();
        int id = runtime.pages.idOf(page);
        return id < words.length ? words[id] : 0;
    }

    @Override
    public void setWord(ShadowPageView page, long value) {
        runtime.watch.step();
        int id = runtime.pages.idOf(page);
        if (id >= words.length) {
            words = Arrays.copyOf(words, Math.max(id + 1, Math.max(64, 2 * words.length)));
        }
        words[id] = value;
    }

    @Override
    public long usedPages() {
        runtime.watch.step();
        return runtime.facts.usedPages();
    }

    @Override
    public long quota() {
        runtime.watch.step();
        return runtime.facts.quota();
    }

    @Override
    public long guestPages() {
        runtime.watch.step();
        return runtime.facts.guestPages();
    }

    @Override
    public void requestZap(ShadowPageView page) {
        runtime.watch.step();
        runtime.requestZap(page);
    }
}
