package org.shadowmmu.engine.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.shadowmmu.api.testing.FakePage;
import org.shadowmmu.api.testing.TestJar;
import org.shadowmmu.engine.policy.PolicyAssignment;
import org.shadowmmu.engine.policy.PolicyFailure;
import org.shadowmmu.engine.policy.PolicyRuntime;
import org.shadowmmu.engine.policy.PolicySelectionException;

/** Real jars, good and bad, dropped into a directory. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PolicyHostTest {
    @TempDir
    Path directory;

    private final List<PolicyCatalog> opened = new ArrayList<>();

    @AfterEach
    void closeJars() {
        opened.forEach(PolicyCatalog::close);
    }

    private PolicyCatalog load(Path... paths) {
        PolicyCatalog catalog = new PolicyHost().load(List.of(paths));
        opened.add(catalog);
        return catalog;
    }

    /** Loads the directory, which holds a good jar beside the bad one, and answers what was wrong with the bad one. */
    private String problemOf(String badJar) {
        TestJar.good("good").write(directory, "zz-good.jar");
        PolicyCatalog catalog = load(directory);
        assertThat(catalog.policies())
                .extracting(LoadedPolicy::id)
                .as("the good jar")
                .contains("good");
        assertThat(catalog.problems()).hasSize(1);
        LoadProblem problem = catalog.problems().get(0);
        assertThat(problem.source()).isEqualTo(badJar);
        assertThat(problem.severity()).isEqualTo(LoadProblem.Severity.REFUSED);
        assertThat(problem.sentence()).doesNotContain("\n").endsWith(".");
        return problem.sentence();
    }

    @Test
    void loadsAGoodJarAndRunsItsPolicy() throws Exception {
        Path jar = TestJar.good("oldest")
                .attribute(Attributes.Name.IMPLEMENTATION_VERSION, "1.2")
                .write(directory, "mine-1.2.jar");
        PolicyCatalog catalog = load(directory);

        assertThat(catalog.problems()).isEmpty();
        LoadedPolicy policy = catalog.find("oldest");
        assertThat(policy.origin().jar()).isEqualTo("mine-1.2.jar");
        assertThat(policy.origin().version()).isEqualTo("1.2");
        assertThat(policy.origin().sha256())
                .isEqualTo(HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(jar))));

        PolicyRuntime runtime = PolicyRuntime.create(PolicyAssignment.of(policy.choose()), 1);
        FakePage first = new FakePage(0, 1, 0);
        runtime.pageCreated(first);
        runtime.pageCreated(new FakePage(1, 1, 1));
        assertThat(runtime.nextVictim()).isSameAs(first);
    }

    @Test
    void listsPoliciesById() {
        TestJar.good("bravo").write(directory, "1.jar");
        TestJar.good("alpha").write(directory, "2.jar");

        assertThat(load(directory).policies()).extracting(LoadedPolicy::id).containsExactly("alpha", "bravo");
    }

    @Test
    void loadsSingleJarsEachFileOnce() {
        Path jar = TestJar.good("one").write(directory, "one.jar");
        PolicyCatalog catalog = load(jar, directory);

        assertThat(catalog.problems()).isEmpty();
        assertThat(catalog.policies()).hasSize(1);
    }

    @Test
    void loadsTwoProvidersOfOneJarAndRefusesOnlyTheBadOne() {
        TestJar.good("first")
                .provider("test.Broken", "throw new IllegalStateException(\"boom\");", "return null;")
                .provider(
                        "test.Second",
                        "return PolicyDescriptor.of(\"second\", \"x\", ApiVersion.COMPILED).decides(Decision.RECLAIM_ORDER).build();",
                        "return new TestPolicy(context);")
                .write(directory, "several.jar");
        PolicyCatalog catalog = load(directory);

        assertThat(catalog.policies()).extracting(LoadedPolicy::id).containsExactly("first", "second");
        assertThat(catalog.problems())
                .extracting(LoadProblem::sentence)
                .containsExactly("several.jar: provider test.Broken threw IllegalStateException (boom)"
                        + " when it was asked for its descriptor.");
    }

    @Test
    void refusesACorruptJar() throws IOException {
        Files.writeString(directory.resolve("corrupt.jar"), "this is no jar");

        assertThat(problemOf("corrupt.jar"))
                .startsWith("corrupt.jar cannot be read as a jar (")
                .endsWith("); build or copy it again.");
    }

    @Test
    void refusesAJarThatWasCutOff() throws IOException {
        byte[] whole = Files.readAllBytes(TestJar.good("cut").write(directory, "cut.jar"));
        Files.write(directory.resolve("cut.jar"), java.util.Arrays.copyOf(whole, whole.length / 2));

        assertThat(problemOf("cut.jar")).startsWith("cut.jar cannot be read as a jar (");
    }

    @Test
    void refusesAJarWithoutServicesEntry() {
        TestJar.good("silent").withoutServicesEntry().write(directory, "silent.jar");

        assertThat(problemOf("silent.jar"))
                .isEqualTo("silent.jar has no entry META-INF/services/org.shadowmmu.api.PolicyProvider;"
                        + " add that file, with the class name of the provider on a line of its own.");
    }

    @Test
    void refusesAnEmptyServicesEntry() {
        new TestJar().write(directory, "empty.jar");

        assertThat(problemOf("empty.jar"))
                .isEqualTo("empty.jar names no provider in META-INF/services/org.shadowmmu.api.PolicyProvider;"
                        + " write the class name of the provider there, on a line of its own.");
    }

    @Test
    void refusesAServicesEntryThatNamesAMissingClass() {
        new TestJar().provides("test.Nowhere").write(directory, "missing.jar");

        assertThat(problemOf("missing.jar"))
                .isEqualTo("missing.jar: provider test.Nowhere is not in the jar; correct"
                        + " META-INF/services/org.shadowmmu.api.PolicyProvider or pack the class.");
    }

    @Test
    void refusesAClassThatIsNoProvider() {
        new TestJar()
                .source("test.Other", "package test; public class Other {}")
                .provides("test.Other")
                .write(directory, "other.jar");

        assertThat(problemOf("other.jar"))
                .isEqualTo("other.jar: provider test.Other is no PolicyProvider; name a class that implements it.");
    }

    @Test
    void refusesAProviderThatCannotBeMade() {
        new TestJar().source("test.Hidden", """
                        package test;
                        import org.shadowmmu.api.*;
                        public class Hidden implements PolicyProvider {
                            Hidden(int argument) {}
                            public PolicyDescriptor descriptor() { return null; }
                            public MmuPolicy create(PolicyContext context) { return null; }
                        }
                        """).provides("test.Hidden").write(directory, "hidden.jar");

        assertThat(problemOf("hidden.jar"))
                .isEqualTo("hidden.jar: provider test.Hidden cannot be made;"
                        + " a provider is a public class with a public constructor without parameters.");
    }

    @Test
    void refusesAProviderWhoseConstructorThrows() {
        new TestJar().source("test.Thrower", """
                        package test;
                        import org.shadowmmu.api.*;
                        public class Thrower implements PolicyProvider {
                            public Thrower() { throw new IllegalStateException("no\\nluck"); }
                            public PolicyDescriptor descriptor() { return null; }
                            public MmuPolicy create(PolicyContext context) { return null; }
                        }
                        """).provides("test.Thrower").write(directory, "thrower.jar");

        assertThat(problemOf("thrower.jar"))
                .isEqualTo(
                        "thrower.jar: provider test.Thrower threw IllegalStateException (no luck) when it was made.");
    }

    @Test
    void refusesAProviderWhoseClassCannotBeInitialised() {
        new TestJar().source("test.Static", """
                        package test;
                        import org.shadowmmu.api.*;
                        public class Static implements PolicyProvider {
                            static final int NUMBER = Integer.parseInt("many");
                            public PolicyDescriptor descriptor() { return null; }
                            public MmuPolicy create(PolicyContext context) { return null; }
                        }
                        """).provides("test.Static").write(directory, "static.jar");

        assertThat(problemOf("static.jar"))
                .isEqualTo("static.jar: provider test.Static threw NumberFormatException (For input string: \"many\")"
                        + " when it was made.");
    }

    @Test
    void refusesADescriptorThatThrowsOrIsNull() {
        new TestJar()
                .provider(
                        "test.Malformed",
                        "return PolicyDescriptor.of(\"Not An Id\", \"x\", ApiVersion.COMPILED).decides(Decision.CHILD_ZAP).build();",
                        "return null;")
                .write(directory, "malformed.jar");
        assertThat(problemOf("malformed.jar"))
                .isEqualTo(
                        "malformed.jar: provider test.Malformed threw IllegalArgumentException (a policy id has 1 to 40"
                                + " lower-case letters, digits and inner hyphens, not 'Not An Id') when it was asked for its"
                                + " descriptor.");
    }

    @Test
    void refusesANullDescriptor() {
        new TestJar().provider("test.Null", "return null;", "return null;").write(directory, "null.jar");

        assertThat(problemOf("null.jar"))
                .isEqualTo("null.jar: provider test.Null returned null when it was asked for its descriptor.");
    }

    @Test
    void refusesClassFilesOfANewerJava() {
        int thisJava = Runtime.version().feature();
        int nextClassFileVersion = 44 + thisJava + 1;
        TestJar.good("future").classFileVersion(nextClassFileVersion).write(directory, "future.jar");

        assertThat(problemOf("future.jar"))
                .startsWith("future.jar: provider test.Provider was compiled for a newer Java than this Java "
                        + thisJava + " (")
                .contains("class file version " + nextClassFileVersion + ".0");
    }

    @Test
    void refusesAPolicyBuiltForANewerApi() {
        new TestJar()
                .provider(
                        "test.Newer",
                        "return PolicyDescriptor.of(\"newer\", \"x\", \"1.1\").decides(Decision.CHILD_ZAP).build();",
                        "return null;")
                .write(directory, "newer.jar");

        assertThat(problemOf("newer.jar"))
                .isEqualTo("newer.jar: policy 'newer' was built for API 1.1, and this host has API 1.0;"
                        + " use a host that fits, or build the policy for this one.");
    }

    @Test
    void refusesAPolicyThatNeedsATypeOfANewerApi() {
        new TestJar()
                .unpacked(
                        "org.shadowmmu.api.NextDecision", "package org.shadowmmu.api; public interface NextDecision {}")
                .source("test.Ahead", """
                        package test;
                        import org.shadowmmu.api.*;
                        public class Ahead implements PolicyProvider, NextDecision {
                            public PolicyDescriptor descriptor() { return null; }
                            public MmuPolicy create(PolicyContext context) { return null; }
                        }
                        """)
                .provides("test.Ahead")
                .write(directory, "ahead.jar");

        assertThat(problemOf("ahead.jar"))
                .isEqualTo("ahead.jar: provider test.Ahead needs org.shadowmmu.api.NextDecision,"
                        + " which API 1.0 of this host does not have.");
    }

    @Test
    void refusesAPolicyThatNeedsAMethodOfANewerApi() {
        new TestJar()
                .unpacked("org.shadowmmu.api.PolicyDescriptor", """
                        package org.shadowmmu.api;
                        public class PolicyDescriptor {
                            public static PolicyDescriptor of(String id) { return null; }
                        }
                        """)
                .provider("test.Ahead", "return PolicyDescriptor.of(\"ahead\");", "return null;")
                .write(directory, "ahead.jar");

        assertThat(problemOf("ahead.jar"))
                .startsWith("ahead.jar: provider test.Ahead does not fit the classes it meets,"
                        + " perhaps API 1.0 of this host (NoSuchMethodError: ")
                .contains("PolicyDescriptor.of(java.lang.String)")
                .endsWith(" when it was asked for its descriptor.");
    }

    @Test
    void keepsTheFirstOfTwoJarsWithOneIdAndNamesBoth() {
        TestJar.good("twin").write(directory, "a.jar");
        TestJar.good("twin").write(directory, "b.jar");

        assertThat(problemOf("b.jar"))
                .isEqualTo("b.jar: the id 'twin' is taken by a.jar, which was read first;"
                        + " remove one of them or rename its policy.");
        assertThat(opened.get(0).find("twin").origin().jar()).isEqualTo("a.jar");
    }

    @Test
    void directoriesAreSearchedInTheOrderGiven() throws IOException {
        Path early = Files.createDirectory(directory.resolve("early"));
        Path late = Files.createDirectory(directory.resolve("late"));
        TestJar.good("twin").write(early, "z.jar");
        TestJar.good("twin").write(late, "a.jar");

        assertThat(load(early, late).find("twin").origin().jar()).isEqualTo("z.jar");
    }

    @Test
    void theIdOfTheEnginesOwnRulesIsTaken() {
        TestJar.good("upstream").write(directory, "usurper.jar");

        assertThat(problemOf("usurper.jar"))
                .isEqualTo("usurper.jar: the id 'upstream' stands for the rules of the engine itself;"
                        + " give the policy another one.");
    }

    /** The API always comes from the host, so a shaded copy does no harm; its author should know all the same. */
    @Test
    void acceptsAJarThatBundlesTheApiWithAWarning() {
        TestJar.good("shaded")
                .source("org.shadowmmu.api.ApiVersion", "package org.shadowmmu.api; public class ApiVersion {}")
                .source(
                        "org.shadowmmu.api.PagePredicate",
                        "package org.shadowmmu.api; public interface PagePredicate {}")
                .write(directory, "shaded.jar");
        PolicyCatalog catalog = load(directory);

        assertThat(catalog.problems())
                .containsExactly(new LoadProblem(
                        LoadProblem.Severity.WARNING,
                        "shaded.jar",
                        "shaded.jar bundles classes of org.shadowmmu.api, which are not used;"
                                + " give mmu-api the scope 'provided'."));
        PolicyRuntime.create(PolicyAssignment.of(catalog.find("shaded").choose()), 0);
    }

    @Test
    void refusesAProviderThatPeeksAtGuice() {
        new TestJar()
                .provider("test.Peeker", "com.google.inject.Stage.values(); return null;", "return null;")
                .write(directory, "peeker.jar");

        assertThat(problemOf("peeker.jar"))
                .isEqualTo(
                        "peeker.jar: provider test.Peeker needs the class com.google.inject.Stage, which is not in the"
                                + " jar (the host shares org.shadowmmu.api and org.slf4j only) when it was asked for its"
                                + " descriptor.");
    }

    @Test
    void refusesAPolicyThatPeeksAtGuiceLater() {
        TestJar.reclaiming("late-peeker", """
                        final Object stages = com.google.inject.Stage.values();
                        @Override public ShadowPageView nextVictim() { return pages.oldestVictim(); }
                        """).write(directory, "late.jar");
        PolicyAssignment assignment =
                PolicyAssignment.of(load(directory).find("late-peeker").choose());

        assertThatThrownBy(() -> PolicyRuntime.create(assignment, 0))
                .isInstanceOf(PolicyFailure.class)
                .hasMessage("Policy 'late-peeker' of late.jar needs the class com.google.inject.Stage, which is not in"
                        + " the jar (the host shares org.shadowmmu.api and org.slf4j only) in create at event 0.");
    }

    @Test
    void refusesAJarThatLeansOnOthers() {
        TestJar.good("leaning")
                .attribute(Attributes.Name.CLASS_PATH, "guice-7.0.0.jar")
                .write(directory, "leaning.jar");

        assertThat(problemOf("leaning.jar"))
                .isEqualTo("leaning.jar names other jars in the Class-Path of its manifest;"
                        + " pack their classes into it, so that its hash says what ran.");
    }

    @Test
    void aJarUsesItsOwnCopyOfALibraryOfTheHost() throws Exception {
        TestJar.good("own-copy")
                .source("com.google.inject.Guice", "package com.google.inject; public class Guice {}")
                .write(directory, "own.jar");
        ClassLoader loader =
                load(directory).find("own-copy").provider().getClass().getClassLoader();

        assertThat(loader.loadClass("com.google.inject.Guice")).isNotSameAs(com.google.inject.Guice.class);
        assertThat(loader.loadClass("org.slf4j.Logger")).isSameAs(org.slf4j.Logger.class);
        assertThatThrownBy(() -> loader.loadClass("org.shadowmmu.engine.policy.PolicyRuntime"))
                .isInstanceOf(ClassNotFoundException.class);
    }

    @Test
    void aJarSeesItsOwnResourcesOnly() throws Exception {
        TestJar.good("one").write(directory, "one.jar");
        TestJar.good("two").write(directory, "two.jar");
        ClassLoader loader = load(directory).find("one").provider().getClass().getClassLoader();

        assertThat(Collections.list(loader.getResources(PolicyJar.SERVICES))).hasSize(1);
        assertThat(loader.getResource(PolicyJar.SERVICES)).asString().contains("one.jar");
        assertThat(loader.getResource("org/shadowmmu/engine/host/PolicyHost.class"))
                .isNull();
        assertThat(loader.getResource("java/lang/Object.class")).isNull();
        assertThat(Collections.list(loader.getResources("java/lang/Object.class")))
                .isEmpty();
    }

    @Test
    void saysWhenADirectoryIsMissingOrEmpty() {
        Path missing = directory.resolve("missing");
        PolicyCatalog catalog = load(directory, missing);

        assertThat(catalog.policies()).isEmpty();
        assertThat(catalog.problems())
                .extracting(LoadProblem::sentence)
                .containsExactly(
                        "The directory " + directory + " holds no .jar file; put policy jars there.",
                        missing + " does not exist; name a directory of policy jars, or a policy jar.");
        assertThatThrownBy(() -> catalog.find("fifo")).hasMessage("There is no policy 'fifo'; no policy was loaded.");
    }

    @Test
    void anUnknownIdIsAnsweredWithTheKnownOnes() {
        TestJar.good("alpha").write(directory, "1.jar");
        TestJar.good("bravo").write(directory, "2.jar");
        PolicyCatalog catalog = load(directory);

        assertThatThrownBy(() -> catalog.find("brava"))
                .isInstanceOf(PolicySelectionException.class)
                .hasMessage("There is no policy 'brava'; there is alpha, bravo; did you mean 'bravo'?");
        assertThatThrownBy(() -> catalog.find("charlie"))
                .hasMessage("There is no policy 'charlie'; there is alpha, bravo.");
    }

    @Test
    void refusesAtCreationAPolicyThatLacksADecisionOfItsDescriptor() {
        TestJar.good("boaster")
                .provider(
                        "test.Provider",
                        "return PolicyDescriptor.of(\"boaster\", \"x\", ApiVersion.COMPILED)"
                                + ".decides(Decision.RECLAIM_ORDER, Decision.ROOT_ZAP).build();",
                        "return new TestPolicy(context);")
                .write(directory, "boaster.jar");
        PolicyAssignment assignment =
                PolicyAssignment.of(load(directory).find("boaster").choose());

        assertThatThrownBy(() -> PolicyRuntime.create(assignment, 0))
                .isInstanceOf(PolicyFailure.class)
                .hasMessage("Policy 'boaster' of boaster.jar made a policy that does not implement RootZap although its"
                        + " descriptor names the decision root-zap in create at event 0.");
    }

    @Test
    void aClosedCatalogLetsGoOfItsJars() throws Exception {
        TestJar.good("closing")
                .source("test.Unused", "package test; class Unused {}")
                .write(directory, "closing.jar");
        PolicyCatalog catalog = load(directory);
        ClassLoader loader = catalog.find("closing").provider().getClass().getClassLoader();
        catalog.close();

        assertThatThrownBy(() -> loader.loadClass("test.Unused")).isInstanceOf(ClassNotFoundException.class);
    }

    @Test
    void settingsAreCheckedWhenAPolicyIsChosen() {
        TestJar.good("plain").write(directory, "plain.jar");
        LoadedPolicy policy = load(directory).find("plain");

        assertThatThrownBy(() -> policy.choose(Map.of("speed", "9")))
                .isInstanceOf(PolicySelectionException.class)
                .hasMessage("Policy 'plain' has no parameter 'speed'; it has none.");
    }
}
