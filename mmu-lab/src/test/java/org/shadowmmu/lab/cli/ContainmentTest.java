package org.shadowmmu.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.shadowmmu.lab.cli.Misdeed.forbidden;
import static org.shadowmmu.lab.cli.Misdeed.inHook;
import static org.shadowmmu.lab.cli.Misdeed.inVictim;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.shadowmmu.api.testing.TestJar;
import org.shadowmmu.lab.store.ResultFolder;
import org.shadowmmu.lab.store.StoredRun;
import org.shadowmmu.lab.store.TrialResult;

/**
 * Misbehaving policies, each a real jar, run beside well-behaved ones: their trials fail with one sentence that names jar,
 * policy, hook and event, all others are complete, and the stored results are whole and the same every time.
 */
@Timeout(120)
class ContainmentTest {
    private static final String PAGE = "ShadowPageView page";
    private static final String BOOM = "throw new IllegalStateException(\"boom\");";
    private static final String THREW = "threw IllegalStateException (boom)";
    private static final String STEPS = "took more than 16777216 steps";

    private static final List<Misdeed> MISDEEDS = List.of(
            // throws, everywhere
            inHook("throws-created", "pageCreated", PAGE, THREW, BOOM),
            inHook("throws-found", "pageFoundAgain", PAGE, THREW, BOOM),
            inHook("throws-linked", "pageLinked", "ShadowPageView parent, ShadowPageView child", THREW, BOOM),
            inHook("throws-unlinked", "pageUnlinked", "ShadowPageView parent, ShadowPageView child", THREW, BOOM),
            inHook("throws-leaf", "leafInstalled", "ShadowPageView page, int index, boolean prefetched", THREW, BOOM),
            inHook("throws-accessed", "accessedBitSet", "ShadowPageView page, int index", THREW, BOOM),
            inHook("throws-zapped", "pageZapped", PAGE, THREW, BOOM),
            inHook("throws-slot", "slotChanging", "MemslotChange change", THREW, BOOM),
            inHook("throws-begins", "reclaimBegins", "int wanted", THREW, BOOM),
            inHook("throws-ends", "reclaimEnds", "int reclaimed", THREW, BOOM),
            inVictim("throws-victim", THREW, BOOM),
            inVictim("throws-error", "threw AssertionError", "throw new AssertionError();"),
            // names a page that it must not name
            inVictim("null-victim", "returned null instead of a victim", "return null;"),
            inVictim("live-root", "returned a live root as victim", "return pages.oldest();"),
            inVictim("foreign-page", "returned a page as victim that is none of this virtual machine", """
                    return (ShadowPageView) java.lang.reflect.Proxy.newProxyInstance(
                            ShadowPageView.class.getClassLoader(),
                            new Class<?>[] {ShadowPageView.class},
                            (proxy, method, arguments) -> 0);
                    """),
            new Misdeed("freed-page", "returned a page as victim that was already zapped", Misdeed.VICTIM, """
                    ShadowPageView kept;
                    @Override public void pageZapped(ShadowPageView page) { kept = page; }
                    @Override public ShadowPageView nextVictim() {
                        return kept == null ? pages.oldestVictim() : kept;
                    }
                    """),
            new Misdeed("same-page-twice", "returned a page as victim that was already zapped", Misdeed.VICTIM, """
                    ShadowPageView victim;
                    @Override public ShadowPageView nextVictim() {
                        if (victim == null) { victim = pages.oldestVictim(); }
                        return victim;
                    }
                    """),
            new Misdeed(
                    "keeps-freed", "threw IllegalArgumentException (the page was already zapped)", Misdeed.VICTIM, """
                    ShadowPageView kept;
                    @Override public void pageZapped(ShadowPageView page) { kept = page; }
                    @Override public ShadowPageView nextVictim() {
                        if (kept != null) { pages.addYoungest(kept); }
                        return pages.oldestVictim();
                    }
                    """),
            new Misdeed(
                    "asks-for-freed",
                    "threw IllegalArgumentException (the page was already zapped)",
                    "hook reclaimEnds",
                    """
                    ShadowPageView kept;
                    @Override public void pageZapped(ShadowPageView page) { kept = page; }
                    @Override public void reclaimEnds(int reclaimed) { context.requestZap(kept); }
                    """),
            inVictim(
                    "late-queue",
                    "threw IllegalStateException (a queue can be made while the policy is created only)",
                    "return context.newQueue().oldestVictim();"),
            // does not come back
            inVictim("never-answers", "never returned", "while (true) { Math.floorMod(3, 2); }"),
            inHook(
                    "sleeps",
                    "pageFoundAgain",
                    PAGE,
                    "never returned",
                    "while (true) { try { Thread.sleep(60_000); } catch (InterruptedException e) { continue; } }"),
            inVictim(
                    "scans-queue",
                    STEPS,
                    "ShadowPageView page = pages.oldest();"
                            + " while (true) { ShadowPageView next = pages.younger(page);"
                            + " page = next == null ? pages.oldest() : next; }"),
            inHook(
                    "scans-entries",
                    "pageCreated",
                    PAGE,
                    STEPS,
                    "long sum = 0; while (sum < Long.MAX_VALUE) { sum += page.presentEntries() & 1; }"),
            inVictim(
                    "scans-and-hides-it",
                    STEPS,
                    "try { while (true) { pages.size(); } } catch (Throwable t) { return pages.oldestVictim(); }"),
            inVictim(
                    "scans-stubbornly",
                    "never returned",
                    "while (true) { try { pages.size(); } catch (Throwable t) { continue; } }"),
            inVictim("recurses", "threw StackOverflowError", "return nextVictim();"),
            new Misdeed("recurses-by-visitor", "threw StackOverflowError", "hook pageLinked", """
                    @Override public void pageLinked(ShadowPageView parent, ShadowPageView child) {
                        child.visitParents(page -> pageLinked(parent, child));
                    }
                    """),
            // takes what is everybody's
            inVictim(
                    "allocates",
                    "threw OutOfMemoryError (Java heap space)",
                    "java.util.List<long[]> all = new java.util.ArrayList<>();"
                            + " while (true) { all.add(new long[Integer.MAX_VALUE - 8]); }"),
            forbidden("exits", "java.lang.System.exit", "System.exit(3);"),
            forbidden("halts", "java.lang.Runtime.halt", "Runtime.getRuntime().halt(3);"),
            forbidden("runs-a-program", "java.lang.ProcessBuilder", "new ProcessBuilder(\"true\");"),
            forbidden("starts-a-thread", "new java.lang.Thread", "new Thread(() -> {}).start();"),
            forbidden(
                    "starts-a-pool",
                    "java.util.concurrent.Executors",
                    "java.util.concurrent.Executors.newCachedThreadPool();"),
            forbidden("goes-parallel", "java.util.List.parallelStream", "java.util.List.of(1).parallelStream();"),
            forbidden("interrupts", "java.lang.Thread.interrupt", "Thread.currentThread().interrupt();"),
            forbidden("prints", "java.lang.System.out", "System.out.println(wanted);"));

    @TempDir
    Path folder;

    private Lab lab;

    @BeforeEach
    void prepare() {
        lab = new Lab(folder);
    }

    private void experiment(List<String> policies) {
        lab.file(
                "misdeeds.yaml",
                "name: misdeeds\npolicies: [" + String.join(", ", policies) + "]\nworkloads: [thrash]\nquotas: [64]\n");
    }

    private List<String> withGoodOnes(List<Misdeed> misdeeds) {
        List<String> ids = misdeeds.stream().map(Misdeed::id).collect(Collectors.toList());
        ids.add(0, "fifo");
        ids.add("leaf-first");
        return ids;
    }

    @Test
    void everyMisdeedEndsInOneSentenceAndHarmsNobodyElse() {
        MISDEEDS.forEach(misdeed -> misdeed.write(lab.made("policies/x").getParent()));
        experiment(withGoodOnes(MISDEEDS));
        assertThat(lab.run("run", "misdeeds.yaml", "--call-limit", "1", "--jobs", "4"))
                .as(lab.err())
                .isEqualTo(1);

        StoredRun run = StoredRun.read(ResultFolder.open(folder.resolve("results/misdeeds")));
        assertThat(run.trials()).hasSize(MISDEEDS.size() + 2);
        assertThat(run.trials().get(0).ok()).isTrue();
        assertThat(run.trials().get(MISDEEDS.size() + 1).ok()).isTrue();
        for (int i = 0; i < MISDEEDS.size(); i++) {
            TrialResult trial = run.trials().get(i + 1);
            assertThat(trial.status()).as(trial.policy()).isEqualTo(TrialResult.Status.FAILED);
            assertThat(trial.failure()).startsWith(MISDEEDS.get(i).sentence()).matches(".* at event \\d+\\.");
            assertThat(lab.read("results/misdeeds/report.html")).contains(trial.policy() + " on thrash at 64");
        }
        assertThat(lab.out()).doesNotContain("boom\n");

        String first = lab.read("results/misdeeds/trials.jsonl");
        assertThat(lab.run("run", "misdeeds.yaml", "--call-limit", "1", "--jobs", "2", "--force"))
                .isEqualTo(1);
        assertThat(lab.read("results/misdeeds/trials.jsonl")).isEqualTo(first);
    }

    /** The figures of the others are those they have without bad company. */
    @Test
    void theOthersGiveTheSameFiguresAsAlone() {
        List<Misdeed> some = MISDEEDS.stream()
                .filter(misdeed ->
                        misdeed.id().startsWith("scans-queue") || misdeed.id().startsWith("allocates"))
                .toList();
        some.forEach(misdeed -> misdeed.write(lab.made("policies/x").getParent()));
        experiment(List.of("fifo", "leaf-first"));
        assertThat(lab.run("run", "misdeeds.yaml")).isZero();
        StoredRun alone = StoredRun.read(ResultFolder.open(folder.resolve("results/misdeeds")));
        experiment(withGoodOnes(some));
        assertThat(lab.run("run", "misdeeds.yaml", "--force")).isEqualTo(1);
        StoredRun together = StoredRun.read(ResultFolder.open(folder.resolve("results/misdeeds")));

        assertThat(together.trials().get(0)).isEqualTo(alone.trials().get(0));
        assertThat(together.trials().get(3).metrics())
                .isEqualTo(alone.trials().get(1).metrics());
    }

    /** Only a repetition can tell that a policy follows something else than what it was told. */
    @Test
    void aPolicyThatFollowsTheClockIsFoundByARepetition() {
        Misdeed clock = inVictim(
                "follows-the-clock",
                "answered otherwise when the same run was repeated",
                "return (System.nanoTime() >> 4) % 3 == 0 ? pages.oldestVictim() : pages.youngestVictim();");
        Misdeed mind = new Misdeed(
                "changes-its-mind", "answered otherwise when the same run was repeated", Misdeed.VICTIM, """
                static int machines;
                final boolean odd = ++machines % 2 == 1;
                @Override public ShadowPageView nextVictim() {
                    return odd ? pages.oldestVictim() : pages.youngestVictim();
                }
                """);
        Misdeed dice = new Misdeed(
                "throws-its-own-dice", "answered otherwise when the same run was repeated", "hook pageFoundAgain", """
                @Override public void pageFoundAgain(ShadowPageView page) {
                    if (Math.random() < 0.5) { context.requestZap(page); }
                }
                """);
        List<Misdeed> misdeeds = List.of(clock, mind, dice);
        misdeeds.forEach(misdeed -> misdeed.write(lab.made("policies/x").getParent()));
        experiment(withGoodOnes(misdeeds));

        assertThat(lab.run("run", "misdeeds.yaml")).isZero();
        assertThat(lab.run("run", "misdeeds.yaml", "--check-repeat", "--force")).isEqualTo(1);
        StoredRun run = StoredRun.read(ResultFolder.open(folder.resolve("results/misdeeds")));
        assertThat(run.trials().get(0).ok()).isTrue();
        assertThat(run.trials().get(1).failure()).startsWith(clock.sentence());
        assertThat(run.trials().get(2).failure()).startsWith(mind.sentence());
        assertThat(run.trials().get(3).failure())
                .contains("throws-its-own-dice.jar answered otherwise when the same run was repeated");
        assertThat(run.trials().get(4).ok()).isTrue();
    }

    /** A memslot policy can widen what is zapped; it has no words to leave out what safety demands. */
    @Test
    void theNarrowestScopeStillEmptiesTheSlot() {
        new TestJar()
                .provider(
                        "test.Provider",
                        "return PolicyDescriptor.of(\"narrow\", \"x\", ApiVersion.COMPILED)"
                                + ".decides(Decision.MEMSLOT_ZAP).build();",
                        "return new TestPolicy();")
                .source(
                        "test.TestPolicy",
                        "package test; import org.shadowmmu.api.*; class TestPolicy implements MmuPolicy, MemslotZap {"
                                + " public MemslotZapScope scope(MemslotChange change)"
                                + " { return MemslotZapScope.SLOT_LEAVES; } }")
                .write(lab.made("policies/x").getParent(), "narrow.jar");
        lab.file("misdeeds.yaml", "name: misdeeds\npolicies: [fifo, narrow]\nworkloads: [fits]\n");

        assertThat(lab.run("run", "misdeeds.yaml")).isZero();
    }

    /** Jars that cannot be used are named, and everything else runs. */
    @Test
    void badJarsAreLeftOut() {
        Path policies = lab.made("policies/x").getParent();
        lab.file("policies/a-corrupt.jar", "this is no jar");
        new TestJar()
                .provider(
                        "test.Provider",
                        "return PolicyDescriptor.of(\"newer\", \"x\", \"99.0\")"
                                + ".decides(Decision.RECLAIM_ORDER).build();",
                        "return null;")
                .write(policies, "b-newer.jar");
        TestJar.good("newer-java").classFileVersion(200).write(policies, "c-newer-java.jar");
        TestJar.good("fifo").write(policies, "d-duplicate.jar");
        new TestJar()
                .provider("test.Provider", "System.exit(3); return null;", "return null;")
                .write(policies, "e-exits.jar");
        new TestJar()
                .provider(
                        "test.Provider",
                        "return PolicyDescriptor.of(\"p\" + ++asked, \"x\", ApiVersion.COMPILED)"
                                + ".decides(Decision.RECLAIM_ORDER).build(); } static int asked; static {",
                        "return null;")
                .write(policies, "f-changes.jar");
        experiment(List.of("fifo", "leaf-first"));

        assertThat(lab.run("run", "misdeeds.yaml", "--quiet")).isZero();
        assertThat(lab.err().lines())
                .hasSize(6)
                .allMatch(line -> line.startsWith("Warning: ") && line.endsWith("."))
                .anyMatch(line -> line.contains("a-corrupt.jar cannot be read as a jar"))
                .anyMatch(line -> line.contains("b-newer.jar") && line.contains("was built for API 99.0"))
                .anyMatch(line -> line.contains("c-newer-java.jar") && line.contains("newer Java"))
                .anyMatch(line -> line.contains("d-duplicate.jar") && line.contains("the id 'fifo' is taken"))
                .anyMatch(line -> line.contains("e-exits.jar") && line.contains("uses java.lang.System.exit"))
                .anyMatch(line -> line.contains("f-changes.jar") && line.contains("described another policy"));
    }
}
