package org.shadowmmu.engine.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.shadowmmu.api.ApiVersion;
import org.shadowmmu.api.ChildZap;
import org.shadowmmu.api.Decision;
import org.shadowmmu.api.MemslotChange;
import org.shadowmmu.api.MemslotZap;
import org.shadowmmu.api.MemslotZapScope;
import org.shadowmmu.api.MmuPolicy;
import org.shadowmmu.api.PageQueue;
import org.shadowmmu.api.Parameter;
import org.shadowmmu.api.PolicyContext;
import org.shadowmmu.api.PolicyDescriptor;
import org.shadowmmu.api.PolicyProvider;
import org.shadowmmu.api.ReclaimOrder;
import org.shadowmmu.api.RootZapOrder;
import org.shadowmmu.api.ShadowPageView;
import org.shadowmmu.api.UnlinkCause;
import org.shadowmmu.api.testing.FakePage;

/** Who is asked, who is told, and what is kept per policy. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PolicyRuntimeTest {
    private static final MemslotChange DELETE = new MemslotChange(MemslotChange.Kind.DELETE, 2, 0, 0x100, 16);

    private int created;

    private FakePage create(PolicyRuntime runtime) {
        FakePage page = new FakePage(created, 1, created);
        created++;
        runtime.pageCreated(page);
        return page;
    }

    /** A policy without a jar; the function makes it. */
    private record TestProvider(PolicyDescriptor descriptor, Function<PolicyContext, MmuPolicy> factory)
            implements PolicyProvider {
        static PolicyChoice choice(String id, Function<PolicyContext, MmuPolicy> factory, Decision... decisions) {
            return PolicyChoice.inProcess(new TestProvider(
                    PolicyDescriptor.of(id, "for a test", ApiVersion.COMPILED)
                            .decides(decisions)
                            .build(),
                    factory));
        }

        @Override
        public MmuPolicy create(PolicyContext context) {
            return factory.apply(context);
        }
    }

    /** Youngest first, and every child goes. */
    private static class Contrary implements MmuPolicy, ReclaimOrder, ChildZap {
        final List<String> heard = new ArrayList<>();
        final PolicyContext context;
        final PageQueue pages;

        Contrary(PolicyContext context) {
            this.context = context;
            pages = context.newQueue();
        }

        @Override
        public void pageCreated(ShadowPageView page) {
            heard.add("created " + page.id());
            pages.addYoungest(page);
        }

        @Override
        public ShadowPageView nextVictim() {
            return pages.youngestVictim();
        }

        @Override
        public boolean zapWithLastParent(ShadowPageView child, boolean tdpEnabled, UnlinkCause cause) {
            return true;
        }
    }

    private static class LeavesOnly implements MmuPolicy, MemslotZap {
        @Override
        public MemslotZapScope scope(MemslotChange change) {
            return MemslotZapScope.SLOT_LEAVES;
        }
    }

    @Test
    void withoutAPolicyTheRulesOfUpstreamHold() {
        PolicyRuntime runtime = PolicyRuntime.upstream();
        FakePage root = create(runtime).rootCount(1);
        FakePage older = create(runtime);
        FakePage younger = create(runtime);

        assertThat(runtime.nextVictim()).isSameAs(older);
        runtime.pageZapped(older);
        assertThat(runtime.nextVictim()).isSameAs(younger);
        root.rootCount(0);
        assertThat(runtime.nextVictim()).isSameAs(root);
        assertThat(runtime.memslotZapScope(DELETE)).isEqualTo(MemslotZapScope.UPSTREAM);
        assertThat(runtime.rootZapOrder(4, 0)).isEqualTo(RootZapOrder.UPSTREAM);
        assertThat(runtime.hearsLeafInstalled()).isFalse();
        assertThat(runtime.hearsAccessedBit()).isFalse();
    }

    /** ZAP-10 with the live-root test of late 6.1. */
    @Test
    void upstreamZapsNestedOrphansThatAreNoLiveRoot() {
        PolicyRuntime runtime = PolicyRuntime.upstream();
        FakePage nested = create(runtime).nested();

        assertThat(runtime.zapWithLastParent(nested, true, UnlinkCause.PARENT_ZAPPED))
                .isTrue();
        assertThat(runtime.zapWithLastParent(nested, false, UnlinkCause.PARENT_ZAPPED))
                .isFalse();
        assertThat(runtime.zapWithLastParent(nested, true, UnlinkCause.EMULATED_WRITE))
                .isFalse();
        assertThat(runtime.zapWithLastParent(create(runtime), true, UnlinkCause.PARENT_ZAPPED))
                .isFalse();
    }

    @Test
    void noPolicyIsAskedAboutAChildThatIsALiveRoot() {
        PolicyRuntime runtime = PolicyRuntime.create(
                PolicyAssignment.of(TestProvider.choice("contrary", Contrary::new, Decision.CHILD_ZAP)), 0);
        FakePage child = create(runtime).rootCount(1);

        assertThat(runtime.zapWithLastParent(child, true, UnlinkCause.PARENT_ZAPPED))
                .isFalse();
        assertThat(runtime.counts().asked(Decision.CHILD_ZAP)).isZero();
    }

    @Test
    void aPolicyTakesTheDecisionsItsDescriptorNamesAndUpstreamTheRest() {
        PolicyRuntime runtime = PolicyRuntime.create(
                PolicyAssignment.of(TestProvider.choice("contrary", Contrary::new, Decision.RECLAIM_ORDER)), 0);
        create(runtime);
        FakePage youngest = create(runtime);

        assertThat(runtime.nextVictim()).isSameAs(youngest);
        assertThat(runtime.zapWithLastParent(youngest, true, UnlinkCause.PARENT_ZAPPED))
                .isFalse();
    }

    @Test
    void eachDecisionMayComeFromAnotherPolicy() {
        Map<Decision, PolicyChoice> named = new EnumMap<>(Decision.class);
        named.put(Decision.CHILD_ZAP, TestProvider.choice("contrary", Contrary::new, Decision.CHILD_ZAP));
        named.put(
                Decision.MEMSLOT_ZAP, TestProvider.choice("leaves", context -> new LeavesOnly(), Decision.MEMSLOT_ZAP));
        PolicyRuntime runtime = PolicyRuntime.create(PolicyAssignment.mixing(named), 0);
        FakePage oldest = create(runtime);
        create(runtime);

        assertThat(runtime.nextVictim()).isSameAs(oldest);
        assertThat(runtime.nextVictim()).isSameAs(oldest);
        assertThat(runtime.zapWithLastParent(oldest, false, UnlinkCause.ENTRY_REPLACED))
                .isTrue();
        assertThat(runtime.memslotZapScope(DELETE)).isEqualTo(MemslotZapScope.SLOT_LEAVES);
        DecisionCounts counts = runtime.counts();
        assertThat(counts.answers())
                .extracting(DecisionCounts.Answers::policyId)
                .containsExactly("upstream", "contrary", "leaves", "upstream");
        assertThat(counts.answers()).extracting(DecisionCounts.Answers::asked).containsExactly(2L, 1L, 1L, 0L);
    }

    @Test
    void aPolicyWithTwoDecisionsIsCreatedOnceAndHearsEverythingOnce() {
        List<Contrary> made = new ArrayList<>();
        PolicyChoice choice = TestProvider.choice(
                "contrary",
                context -> {
                    Contrary policy = new Contrary(context);
                    made.add(policy);
                    return policy;
                },
                Decision.RECLAIM_ORDER,
                Decision.CHILD_ZAP);
        PolicyRuntime runtime = PolicyRuntime.create(PolicyAssignment.of(choice), 0);
        create(runtime);

        assertThat(made).hasSize(1);
        assertThat(made.get(0).heard).containsExactly("created 0");
    }

    @Test
    void theSamePolicyWithOtherParametersIsAnotherPolicy() {
        List<String> made = new ArrayList<>();
        PolicyProvider provider = new TestProvider(
                PolicyDescriptor.of("tuned", "for a test", ApiVersion.COMPILED)
                        .parameter(new Parameter.IntParameter("age", "steps", 1, 0, 9))
                        .decides(Decision.RECLAIM_ORDER, Decision.CHILD_ZAP)
                        .build(),
                context -> {
                    made.add("age " + context.parameters().integer("age"));
                    return new Contrary(context);
                });
        Map<Decision, PolicyChoice> named = new EnumMap<>(Decision.class);
        named.put(Decision.RECLAIM_ORDER, PolicyChoice.inProcess(provider));
        named.put(Decision.CHILD_ZAP, PolicyChoice.inProcess(provider, Map.of("age", "7")));
        PolicyRuntime.create(PolicyAssignment.mixing(named), 0);

        assertThat(made).containsExactly("age 1", "age 7");
    }

    /** Overrides every hook and writes down what it hears. */
    private static class Listener implements MmuPolicy, MemslotZap {
        final List<String> heard = new ArrayList<>();

        @Override
        public void pageCreated(ShadowPageView page) {
            heard.add("pageCreated");
        }

        @Override
        public void pageFoundAgain(ShadowPageView page) {
            heard.add("pageFoundAgain");
        }

        @Override
        public void pageLinked(ShadowPageView parent, ShadowPageView child) {
            heard.add("pageLinked " + parent.id() + " " + child.id());
        }

        @Override
        public void pageUnlinked(ShadowPageView parent, ShadowPageView child) {
            heard.add("pageUnlinked " + parent.id() + " " + child.id());
        }

        @Override
        public void leafInstalled(ShadowPageView page, int index, boolean prefetched) {
            heard.add("leafInstalled " + index + " " + prefetched);
        }

        @Override
        public void accessedBitSet(ShadowPageView page, int index) {
            heard.add("accessedBitSet " + index);
        }

        @Override
        public void pageUnsynced(ShadowPageView page) {
            heard.add("pageUnsynced");
        }

        @Override
        public void pageSynced(ShadowPageView page) {
            heard.add("pageSynced");
        }

        @Override
        public void writeFlooded(ShadowPageView page) {
            heard.add("writeFlooded");
        }

        @Override
        public void pageZapped(ShadowPageView page) {
            heard.add("pageZapped");
        }

        @Override
        public void slotChanging(MemslotChange change) {
            heard.add("slotChanging");
        }

        @Override
        public void reclaimBegins(int wanted) {
            heard.add("reclaimBegins " + wanted);
        }

        @Override
        public void reclaimEnds(int reclaimed) {
            heard.add("reclaimEnds " + reclaimed);
        }

        @Override
        public MemslotZapScope scope(MemslotChange change) {
            return MemslotZapScope.EVERYTHING;
        }
    }

    @Test
    void everyHookReachesThePolicyThatOverridesIt() {
        Listener listener = new Listener();
        PolicyRuntime runtime = PolicyRuntime.create(
                PolicyAssignment.of(TestProvider.choice("listener", context -> listener, Decision.MEMSLOT_ZAP)), 0);
        FakePage parent = create(runtime);
        FakePage child = create(runtime);
        runtime.pageFoundAgain(child);
        runtime.pageLinked(parent, child);
        runtime.leafInstalled(child, 5, true);
        runtime.accessedBitSet(child, 6);
        runtime.pageUnsynced(child);
        runtime.pageSynced(child);
        runtime.writeFlooded(child);
        runtime.slotChanging(DELETE);
        runtime.reclaimBegins(21);
        runtime.pageUnlinked(parent, child);
        runtime.pageZapped(child);
        runtime.reclaimEnds(1);

        assertThat(runtime.hearsLeafInstalled()).isTrue();
        assertThat(runtime.hearsAccessedBit()).isTrue();
        assertThat(listener.heard)
                .containsExactly(
                        "pageCreated",
                        "pageCreated",
                        "pageFoundAgain",
                        "pageLinked 0 1",
                        "leafInstalled 5 true",
                        "accessedBitSet 6",
                        "pageUnsynced",
                        "pageSynced",
                        "writeFlooded",
                        "slotChanging",
                        "reclaimBegins 21",
                        "pageUnlinked 0 1",
                        "pageZapped",
                        "reclaimEnds 1");
    }

    @Test
    void everyHookOfTheApiIsKnown() {
        assertThat(Hook.values())
                .extracting(Hook::toString)
                .containsExactlyInAnyOrderElementsOf(java.util.Arrays.stream(MmuPolicy.class.getMethods())
                        .map(method -> "hook " + method.getName())
                        .toList());
        assertThat(Hook.values()).allMatch(hook -> hook.isOverriddenBy(Listener.class));
        assertThat(Hook.values()).noneMatch(hook -> hook.isOverriddenBy(LeavesOnly.class));
    }

    @Test
    void aZappedPageLeavesTheQueuesAndItsIdStartsAfresh() {
        List<Contrary> made = new ArrayList<>();
        PolicyRuntime runtime = PolicyRuntime.create(
                PolicyAssignment.of(TestProvider.choice(
                        "contrary",
                        context -> {
                            made.add(new Contrary(context));
                            return made.get(0);
                        },
                        Decision.RECLAIM_ORDER)),
                0);
        FakePage first = create(runtime);
        FakePage second = create(runtime);
        Contrary policy = made.get(0);
        policy.context.setWord(second, 99);
        runtime.pageZapped(second);

        assertThat(policy.pages.size()).isEqualTo(1);
        assertThat(runtime.nextVictim()).isSameAs(first);
        FakePage successor = new FakePage(second.id(), 1, 7);
        runtime.pageCreated(successor);
        assertThat(policy.context.word(successor)).isZero();
        assertThatThrownBy(() -> policy.context.word(second)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void wordsBelongToOnePolicy() {
        List<PolicyContext> contexts = new ArrayList<>();
        Map<Decision, PolicyChoice> named = new EnumMap<>(Decision.class);
        for (Decision decision : List.of(Decision.RECLAIM_ORDER, Decision.CHILD_ZAP)) {
            named.put(
                    decision,
                    TestProvider.choice(
                            decision.id(),
                            context -> {
                                contexts.add(context);
                                return new Contrary(context);
                            },
                            decision));
        }
        PolicyRuntime runtime = PolicyRuntime.create(PolicyAssignment.mixing(named), 0);
        FakePage page = create(runtime);
        contexts.get(0).setWord(page, 5);

        assertThat(contexts.get(0).word(page)).isEqualTo(5);
        assertThat(contexts.get(1).word(page)).isZero();
    }

    /** Hands its context out, so that a test can ask for zaps. */
    private PolicyRuntime requesting(List<PolicyContext> contexts) {
        return PolicyRuntime.create(
                PolicyAssignment.of(TestProvider.choice(
                        "requesting",
                        context -> {
                            contexts.add(context);
                            return new LeavesOnly();
                        },
                        Decision.MEMSLOT_ZAP)),
                0);
    }

    @Test
    void requestedZapsComeInOrderOnceAndOnlyWhileTheyMakeSense() {
        List<PolicyContext> contexts = new ArrayList<>();
        PolicyRuntime runtime = requesting(contexts);
        PolicyContext context = contexts.get(0);
        FakePage first = create(runtime);
        FakePage goneMeanwhile = create(runtime);
        FakePage becomesRoot = create(runtime);
        FakePage last = create(runtime);
        context.requestZap(last);
        context.requestZap(goneMeanwhile);
        context.requestZap(becomesRoot);
        context.requestZap(first);
        context.requestZap(last);
        runtime.pageZapped(goneMeanwhile);
        runtime.pageCreated(new FakePage(goneMeanwhile.id(), 1, 9));
        becomesRoot.rootCount(1);

        assertThat(runtime.pollRequestedZap()).isSameAs(last);
        assertThat(runtime.pollRequestedZap()).isSameAs(first);
        assertThat(runtime.pollRequestedZap()).isNull();
        context.requestZap(last);
        assertThat(runtime.pollRequestedZap()).isSameAs(last);
    }

    @Test
    void factsAreThoseOfTheBoundMachine() {
        List<PolicyContext> contexts = new ArrayList<>();
        PolicyRuntime runtime = requesting(contexts);
        PolicyContext context = contexts.get(0);
        assertThat(context.quota()).isZero();
        VmFacts facts = new VmFacts() {
            @Override
            public long usedPages() {
                return 1;
            }

            @Override
            public long quota() {
                return 2;
            }

            @Override
            public long guestPages() {
                return 3;
            }

            @Override
            public long eventNumber() {
                return 4;
            }
        };
        runtime.bind(facts);

        assertThat(List.of(context.usedPages(), context.quota(), context.guestPages()))
                .containsExactly(1L, 2L, 3L);
        assertThatThrownBy(() -> runtime.bind(facts)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aPolicyDrawsItsOwnNumbersWhateverOtherPoliciesDo() {
        long alone = firstNumber(42, "dice");
        Map<Decision, PolicyChoice> named = new EnumMap<>(Decision.class);
        List<Long> numbers = new ArrayList<>();
        named.put(
                Decision.RECLAIM_ORDER,
                TestProvider.choice(
                        "greedy",
                        context -> {
                            context.random().longs(100).sum();
                            return new Contrary(context);
                        },
                        Decision.RECLAIM_ORDER));
        named.put(
                Decision.MEMSLOT_ZAP,
                TestProvider.choice(
                        "dice",
                        context -> {
                            numbers.add(context.random().nextLong());
                            return new LeavesOnly();
                        },
                        Decision.MEMSLOT_ZAP));
        PolicyRuntime.create(PolicyAssignment.mixing(named), 42);

        assertThat(numbers).containsExactly(alone);
        assertThat(firstNumber(43, "dice")).isNotEqualTo(alone);
        assertThat(firstNumber(42, "other-dice")).isNotEqualTo(alone);
    }

    private static long firstNumber(long seed, String id) {
        List<Long> numbers = new ArrayList<>();
        PolicyRuntime.create(
                PolicyAssignment.of(TestProvider.choice(
                        id,
                        context -> {
                            numbers.add(context.random().nextLong());
                            return new LeavesOnly();
                        },
                        Decision.MEMSLOT_ZAP)),
                seed);
        return numbers.get(0);
    }

    /** An error of the Java machine itself is not blamed on the policy it happened to pass through. */
    @Test
    void internalErrorsOfTheMachinePassThrough() {
        PolicyRuntime runtime = PolicyRuntime.create(
                PolicyAssignment.of(TestProvider.choice(
                        "unlucky",
                        context -> new LeavesOnly() {
                            @Override
                            public void pageCreated(ShadowPageView page) {
                                throw new InternalError("no policy did this");
                            }
                        },
                        Decision.MEMSLOT_ZAP)),
                0);

        assertThatThrownBy(() -> create(runtime)).isInstanceOf(InternalError.class);
    }
}
