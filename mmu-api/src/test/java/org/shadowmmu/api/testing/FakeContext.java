package org.shadowmmu.api.testing;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.shadowmmu.api.PageQueue;
import org.shadowmmu.api.Parameter;
import org.shadowmmu.api.Parameters;
import org.shadowmmu.api.PolicyContext;
import org.shadowmmu.api.PolicyDescriptor;
import org.shadowmmu.api.ShadowPageView;

/** A {@link PolicyContext} in plain collections. */
public final class FakeContext implements PolicyContext {
    private final Map<String, String> settings = new HashMap<>();
    private final Map<ShadowPageView, Long> words = new HashMap<>();
    private final List<ReferenceQueue> queues = new ArrayList<>();
    private final List<ShadowPageView> requests = new ArrayList<>();
    private final RandomGenerator random = new SplittableRandom(1);

    /** Makes a context with the descriptor's defaults, some of them replaced. */
    public FakeContext(PolicyDescriptor descriptor, Map<String, String> replaced) {
        for (Parameter parameter : descriptor.parameters()) {
            settings.put(parameter.name(), replaced.getOrDefault(parameter.name(), parameter.defaultText()));
        }
    }

    /** The zaps asked for. */
    public List<ShadowPageView> requests() {
        return requests;
    }

    void forget(ShadowPageView page) {
        queues.forEach(queue -> queue.remove(page));
        words.remove(page);
    }

    @Override
    public Parameters parameters() {
        return new Parameters() {
            @Override
            public long integer(String name) {
                return Long.parseLong(settings.get(name));
            }

            @Override
            public boolean bool(String name) {
                return Boolean.parseBoolean(settings.get(name));
            }

            @Override
            public String choice(String name) {
                return settings.get(name);
            }
        };
    }

    @Override
    public RandomGenerator random() {
        return random;
    }

    @Override
    public PageQueue newQueue() {
        return new ReferenceQueue(queues);
    }

    @Override
    public long word(ShadowPageView page) {
        return words.getOrDefault(page, 0L);
    }

    @Override
    public void setWord(ShadowPageView page, long value) {
        words.put(page, value);
    }

    @Override
    public long usedPages() {
        return 0;
    }

    @Override
    public long quota() {
        return 0;
    }

    @Override
    public long guestPages() {
        return 0;
    }

    @Override
    public void requestZap(ShadowPageView page) {
        requests.add(page);
    }
}
