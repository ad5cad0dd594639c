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
        this.links = new PageLinks(runtime.pages);
        this.random = new SplittableRandom(seed ^ hash(choice.id()));
        @Nullable MmuPolicy created;
        try {
            created = choice.provider().create(this);
        } catch (Throwable t) {
            throw threw("create", t);
        }
        if (created == null) {
            throw failure("create", "returned null instead of a policy");
        }
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

    PolicyFailure failure(String place, String deed) {
        return new PolicyFailure(choice, place, runtime.eventNumber(), deed, null);
    }

    PolicyFailure threw(String place, Throwable thrown) {
        return PolicyFailure.threw(choice, place, runtime.eventNumber(), thrown);
    }

    /** Takes a zapped page out of the policy's queue and clears its word. */
    void forget(int id) {
        links.release(id);
        if (id < words.length) {
            words[id] = 0;
        }
    }

    @Override
    public Parameters parameters() {
        return choice.parameters();
    }

    @Override
    public RandomGenerator random() {
        return random;
    }

    @Override
    public PageQueue newQueue() {
        return links.newQueue();
    }

    @Override
    public long word(ShadowPageView page) {
        int id = runtime.pages.idOf(page);
        return id < words.length ? words[id] : 0;
    }

    @Override
    public void setWord(ShadowPageView page, long value) {
        int id = runtime.pages.idOf(page);
        if (id >= words.length) {
            words = Arrays.copyOf(words, Math.max(id + 1, Math.max(64, 2 * words.length)));
        }
        words[id] = value;
    }

    @Override
    public long usedPages() {
        return runtime.facts.usedPages();
    }

    @Override
    public long quota() {
        return runtime.facts.quota();
    }

    @Override
    public long guestPages() {
        return runtime.facts.guestPages();
    }

    @Override
    public void requestZap(ShadowPageView page) {
        runtime.requestZap(page);
    }
}
