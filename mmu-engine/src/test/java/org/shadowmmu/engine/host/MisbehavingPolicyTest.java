package org.shadowmmu.engine.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.shadowmmu.api.MemslotChange;
import org.shadowmmu.api.UnlinkCause;
import org.shadowmmu.api.testing.FakePage;
import org.shadowmmu.api.testing.TestJar;
import org.shadowmmu.engine.policy.PolicyAssignment;
import org.shadowmmu.engine.policy.PolicyFailure;
import org.shadowmmu.engine.policy.PolicyRuntime;
import org.shadowmmu.engine.policy.VmFacts;

/** Policies of real jars that break their contract while a machine runs: each ends in one sentence that says who and where. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MisbehavingPolicyTest {
    private static final long EVENT = 17;
    private static final String WELL_BEHAVED_ORDER =
            "@Override public ShadowPageView nextVictim() { return pages.oldestVictim(); }";

    @TempDir
    Path directory;

    private PolicyCatalog catalog = new PolicyHost().load(List.of());
    private final FakePage root = new FakePage(0, 4, 0).rootCount(1);
    private final FakePage page = new FakePage(1, 1, 1);

    @BeforeEach
    @AfterEach
    void closeJars() {
        catalog.close();
    }

    /** A machine with a live root and one other page, both reported to the policy. */
    private PolicyRuntime machine(String members) {
        PolicyRuntime runtime = bareMachine(TestJar.reclaiming("bad", members));
        runtime.pageCreated(root);
        runtime.pageCreated(page);
        return runtime;
    }

    private PolicyRuntime bareMachine(TestJar jar) {
        jar.write(directory, "bad.jar");
        catalog = new PolicyHost().load(List.of(directory));
        assertThat(catalog.problems()).isEmpty();
        PolicyRuntime runtime =
                PolicyRuntime.create(PolicyAssignment.of(catalog.find("bad").choose()), 0);
        runtime.bind(new Facts());
        return runtime;
    }

    private record Facts() implements VmFacts {
        @Override
        public long usedPages() {
            return 2;
        }

        @Override
        public long quota() {
            return 64;
        }

        @Override
        public long guestPages() {
            return 1024;
        }

        @Override
        public long eventNumber() {
            return EVENT;
        }
    }

    private static PolicyFailure failure(ThrowingCallable call) {
        PolicyFailure failure = catchThrowableOfType(PolicyFailure.class, call);
        assertThat(failure).as("a policy failure").isNotNull();
        assertThat(failure.jar()).isEqualTo("bad.jar");
        assertThat(failure.policyId()).isEqualTo("bad");
        assertThat(failure.eventNumber()).isEqualTo(EVENT);
        assertThat(failure.getMessage()).doesNotContain("\n");
        return failure;
    }

    private static void assertFails(ThrowingCallable call, String message) {
        assertThat(failure(call)).hasMessage(message);
    }

    @Test
    void nextVictimThrows() {
        PolicyRuntime runtime =
                machine("@Override public ShadowPageView nextVictim() { throw new IllegalStateException(\"boom\"); }");

        PolicyFailure failure = failure(runtime::nextVictim);
        assertThat(failure)
                .hasMessage("Policy 'bad' of bad.jar threw IllegalStateException (boom) in decision reclaim-order"
                        + " (nextVictim) at event 17.")
                .hasCauseInstanceOf(IllegalStateException.class);
        assertThat(failure.place()).isEqualTo("decision reclaim-order (nextVictim)");
    }

    @Test
    void nextVictimReturnsNull() {
        PolicyRuntime runtime = machine("@Override public ShadowPageView nextVictim() { return null; }");

        assertFails(
                runtime::nextVictim,
                "Policy 'bad' of bad.jar returned null instead of a victim in decision reclaim-order (nextVictim)"
                        + " at event 17.");
    }

    @Test
    void nextVictimReturnsALiveRoot() {
        PolicyRuntime runtime = machine("""
                @Override public void pageCreated(ShadowPageView page) { pages.addYoungest(page); }
                @Override public ShadowPageView nextVictim() { return pages.oldest(); }
                """);

        assertFails(
                runtime::nextVictim,
                "Policy 'bad' of bad.jar returned a live root as victim in decision reclaim-order (nextVictim)"
                        + " at event 17.");
    }

    @Test
    void nextVictimReturnsAPageItKeptAfterItsZap() {
        PolicyRuntime runtime = machine("""
                ShadowPageView kept;
                @Override public void pageZapped(ShadowPageView page) { kept = page; }
                @Override public ShadowPageView nextVictim() { return kept; }
                """);
        runtime.pageZapped(page);

        assertFails(
                runtime::nextVictim,
                "Policy 'bad' of bad.jar returned a page as victim that was already zapped in decision reclaim-order"
                        + " (nextVictim) at event 17.");
    }

    @Test
    void nextVictimReturnsAPageOfAnotherMachine() {
        String collecting = """
                static ShadowPageView shared;
                @Override public void pageCreated(ShadowPageView page) { if (shared == null) { shared = page; } }
                @Override public ShadowPageView nextVictim() { return shared; }
                """;
        PolicyRuntime other = machine(collecting);
        PolicyRuntime runtime =
                PolicyRuntime.create(PolicyAssignment.of(catalog.find("bad").choose()), 0);
        runtime.bind(new Facts());
        runtime.pageCreated(new FakePage(0, 1, 0));
        root.rootCount(0);

        assertThat(other.nextVictim()).isSameAs(root);
        assertFails(
                runtime::nextVictim,
                "Policy 'bad' of bad.jar returned a page as victim that is none of this virtual machine in decision"
                        + " reclaim-order (nextVictim) at event 17.");
    }

    /** The view is foreign code too: it may throw when the host looks at it. */
    @Test
    void nextVictimReturnsAViewOfItsOwnThatThrows() {
        PolicyRuntime runtime = machine("""
                @Override public ShadowPageView nextVictim() {
                    return (ShadowPageView) java.lang.reflect.Proxy.newProxyInstance(
                            ShadowPageView.class.getClassLoader(),
                            new Class<?>[] {ShadowPageView.class},
                            (proxy, method, arguments) -> { throw new IllegalStateException("forged"); });
                }
                """);

        assertFails(
                runtime::nextVictim,
                "Policy 'bad' of bad.jar threw IllegalStateException (forged) in decision reclaim-order (nextVictim)"
                        + " at event 17.");
    }

    @Test
    void nextVictimRecursesForEver() {
        PolicyRuntime runtime = machine("@Override public ShadowPageView nextVictim() { return nextVictim(); }");

        assertFails(
                runtime::nextVictim,
                "Policy 'bad' of bad.jar threw StackOverflowError in decision reclaim-order (nextVictim) at event 17.");
    }

    @Test
    void anExceptionWhoseMessageThrowsIsStillReported() {
        PolicyRuntime runtime = machine("""
                static class Nasty extends RuntimeException {
                    @Override public String getMessage() { throw new RuntimeException(); }
                }
                @Override public ShadowPageView nextVictim() { throw new Nasty(); }
                """);

        assertFails(
                runtime::nextVictim,
                "Policy 'bad' of bad.jar threw Nasty in decision reclaim-order (nextVictim) at event 17.");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    pageCreated    | ShadowPageView page
                    pageFoundAgain | ShadowPageView page
                    pageLinked     | ShadowPageView parent, ShadowPageView child
                    pageUnlinked   | ShadowPageView parent, ShadowPageView child
                    leafInstalled  | ShadowPageView page, int index, boolean prefetched
                    accessedBitSet | ShadowPageView page, int index
                    pageUnsynced   | ShadowPageView page
                    pageSynced     | ShadowPageView page
                    writeFlooded   | ShadowPageView page
                    pageZapped     | ShadowPageView page
                    slotChanging   | MemslotChange change
                    reclaimBegins  | int wanted
                    reclaimEnds    | int reclaimed
                    """)
    void aHookThrows(String hook, String parameters) {
        PolicyRuntime runtime = bareMachine(TestJar.reclaiming(
                "bad",
                WELL_BEHAVED_ORDER + " @Override public void " + hook + "(" + parameters
                        + ") { throw new IllegalStateException(\"boom\"); }"));

        assertFails(
                () -> {
                    runtime.pageCreated(root);
                    runtime.pageCreated(page);
                    runtime.pageFoundAgain(page);
                    runtime.pageLinked(root, page);
                    runtime.pageUnlinked(root, page);
                    runtime.leafInstalled(page, 0, false);
                    runtime.accessedBitSet(page, 0);
                    runtime.pageUnsynced(page);
                    runtime.pageSynced(page);
                    runtime.writeFlooded(page);
                    runtime.pageZapped(page);
                    runtime.slotChanging(new MemslotChange(MemslotChange.Kind.DELETE, 0, 0, 0, 1));
                    runtime.reclaimBegins(1);
                    runtime.reclaimEnds(1);
                },
                "Policy 'bad' of bad.jar threw IllegalStateException (boom) in hook " + hook + " at event 17.");
    }

    @Test
    void aHookAsksForTheZapOfAPageThatIsGone() {
        PolicyRuntime runtime = machine("""
                ShadowPageView kept;
                @Override public void pageZapped(ShadowPageView page) { kept = page; }
                @Override public void reclaimBegins(int wanted) { context.requestZap(kept); }
                """ + WELL_BEHAVED_ORDER);
        runtime.pageZapped(page);

        assertFails(
                () -> runtime.reclaimBegins(1),
                "Policy 'bad' of bad.jar threw IllegalArgumentException (the page was already zapped) in hook"
                        + " reclaimBegins at event 17.");
    }

    private PolicyRuntime undecided(String decision, String type, String method) {
        TestJar jar = new TestJar()
                .provider(
                        "test.Provider",
                        "return PolicyDescriptor.of(\"bad\", \"x\", ApiVersion.COMPILED).decides(Decision." + decision
                                + ").build();",
                        "return new TestPolicy();")
                .source(
                        "test.TestPolicy",
                        "package test; import org.shadowmmu.api.*; class TestPolicy implements MmuPolicy, " + type
                                + " { public " + method + " }");
        return bareMachine(jar);
    }

    @Test
    void theChildZapDecisionThrows() {
        PolicyRuntime runtime = undecided(
                "CHILD_ZAP",
                "ChildZap",
                "boolean zapWithLastParent(ShadowPageView c, boolean t, UnlinkCause u) { throw new Error(); }");

        assertFails(
                () -> runtime.zapWithLastParent(page, true, UnlinkCause.PARENT_ZAPPED),
                "Policy 'bad' of bad.jar threw Error in decision child-zap (zapWithLastParent) at event 17.");
    }

    @Test
    void theMemslotDecisionReturnsNull() {
        PolicyRuntime runtime =
                undecided("MEMSLOT_ZAP", "MemslotZap", "MemslotZapScope scope(MemslotChange change) { return null; }");

        assertFails(
                () -> runtime.memslotZapScope(new MemslotChange(MemslotChange.Kind.MOVE, 0, 0, 0, 1)),
                "Policy 'bad' of bad.jar returned null instead of a scope in decision memslot-zap (scope) at event 17.");
    }

    @Test
    void theRootDecisionReturnsNull() {
        PolicyRuntime runtime =
                undecided("ROOT_ZAP", "RootZap", "RootZapOrder order(int level, int space) { return null; }");

        assertFails(
                () -> runtime.rootZapOrder(4, 0),
                "Policy 'bad' of bad.jar returned null instead of an order in decision root-zap (order) at event 17.");
    }

    @Test
    void theProviderMakesNoPolicy() {
        new TestJar()
                .provider(
                        "test.Provider",
                        "return PolicyDescriptor.of(\"bad\", \"x\", ApiVersion.COMPILED).decides(Decision.RECLAIM_ORDER).build();",
                        "return null;")
                .write(directory, "bad.jar");
        catalog = new PolicyHost().load(List.of(directory));
        PolicyAssignment assignment = PolicyAssignment.of(catalog.find("bad").choose());

        assertThat(catchThrowableOfType(PolicyFailure.class, () -> PolicyRuntime.create(assignment, 0)))
                .hasMessage("Policy 'bad' of bad.jar returned null instead of a policy in create at event 0.");
    }

    /** One failing machine says nothing about the next one. */
    @Test
    void anotherMachineOfTheSameJarRunsOn() {
        PolicyRuntime failing = machine("""
                @Override public void pageCreated(ShadowPageView page) { pages.addYoungest(page); }
                @Override public void writeFlooded(ShadowPageView page) { throw new IllegalStateException("boom"); }
                """ + WELL_BEHAVED_ORDER);
        failure(() -> failing.writeFlooded(page));
        PolicyRuntime next =
                PolicyRuntime.create(PolicyAssignment.of(catalog.find("bad").choose()), 0);
        FakePage victim = new FakePage(0, 1, 0);
        next.pageCreated(victim);

        assertThat(next.nextVictim()).isSameAs(victim);
    }
}
