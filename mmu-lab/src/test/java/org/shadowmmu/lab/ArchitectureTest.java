package org.shadowmmu.lab;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.CompositeArchRule;
import com.tngtech.archunit.library.dependencies.SliceRule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The module and package rules of the whole tree, checked on the compiled main classes of every module.
 *
 * <p>The policies are read from their build directories, because they are on no class path of the lab.
 */
class ArchitectureTest {
    /** The engine's packages, lowest first: each uses only those before it. A new package finds its place here. */
    private static final List<String> ENGINE_PACKAGES = List.of(
            "era", "lock", "event", "request", "tlb", "policy", "memory", "guest", "shadow", "tdp", "zap", "sync",
            "lookup", "vcpu", "cpu", "fault", "vm", "audit");

    /** The lab's packages, lowest first; a package that is not named here only has to stay out of cycles. */
    private static final List<String> LAB_PACKAGES = List.of(
            "recording",
            "machine",
            "experiment",
            "time",
            "workload",
            "store",
            "trial",
            "statistics",
            "ab",
            "contention",
            "reproduce",
            "report",
            "cli");

    private static final String[] API = {"java..", "org.jspecify.annotations..", "org.shadowmmu.api.."};

    private static final Path ROOT = root();
    private static final JavaClasses API_CLASSES = classesOf("mmu-api");
    private static final JavaClasses ENGINE_CLASSES = classesOf("mmu-engine");
    private static final JavaClasses LAB_CLASSES = classesOf("mmu-lab");
    private static final JavaClasses ALL_CLASSES =
            classesOf(Stream.concat(Stream.of("mmu-api", "mmu-engine", "mmu-lab"), policies().stream())
                    .toArray(String[]::new));

    @Test
    void theApiNeedsTheJdkAndJspecifyOnly() {
        usesOnly(resideInAnyPackage(API)).check(API_CLASSES);
    }

    @ParameterizedTest
    @MethodSource("policies")
    void aPolicyNeedsTheApiOnly(String module) {
        JavaClasses policy = classesOf(module);
        usesOnly(resideInAnyPackage(API).or(partOf(policy))).check(policy);
    }

    @Test
    void allPolicyModulesAreSeen() {
        assertThat(policies()).contains("policy-fifo", "policy-lru-moveup", "policy-leaf-first", "policy-tdp-childzap");
    }

    @ParameterizedTest
    @MethodSource("policies")
    void theEngineAndTheLabNameNoPolicy(String module) {
        ArchRule rule = noClasses().should().dependOnClassesThat(partOf(classesOf(module)));
        lenient(rule).check(classesOf("mmu-engine", "mmu-lab"));
    }

    @Test
    void theEngineKnowsNothingOfTheApplication() {
        ArchRule rule = noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.shadowmmu.lab..",
                        "picocli..",
                        "tools.jackson..",
                        "com.fasterxml.jackson..",
                        "me.tongfei.progressbar..",
                        "ch.qos.logback..");
        lenient(rule).check(ENGINE_CLASSES);
    }

    @Test
    void guiceStaysInTheHostTheWiringAndTheLab() {
        onlyThese("org.shadowmmu.engine.host..", "org.shadowmmu.engine.wiring..", "org.shadowmmu.lab..")
                .mayUse("com.google.inject..")
                .check(ALL_CLASSES);
    }

    @Test
    void theLoggingImplementationIsTheLabs() {
        onlyThese("org.shadowmmu.lab..").mayUse("ch.qos.logback..").check(ALL_CLASSES);
    }

    /** The database is 80 MB; it comes with mmu-lab-sql or not at all. */
    @Test
    void theLabItselfNeedsNoDatabase() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.sql..", "org.duckdb..")
                .check(ALL_CLASSES);
    }

    @Test
    void enginePackagesDependOneWay() {
        oneWay("org.shadowmmu.engine", ENGINE_PACKAGES).check(ENGINE_CLASSES);
    }

    @Test
    void everyEnginePackageHasItsPlace() {
        String[] places = Stream.concat(ENGINE_PACKAGES.stream(), Stream.of("host", "wiring"))
                .map(name -> "org.shadowmmu.engine." + name + "..")
                .toArray(String[]::new);
        lenient(classes().should().resideInAnyPackage(places)).check(ENGINE_CLASSES);
    }

    @Test
    void theHostKnowsPoliciesButNotTheCore() {
        ArchRule rule = classes()
                .that()
                .resideInAPackage("org.shadowmmu.engine.host..")
                .should()
                .onlyDependOnClassesThat(not(resideInAPackage("org.shadowmmu.engine.."))
                        .or(resideInAnyPackage("org.shadowmmu.engine.host..", "org.shadowmmu.engine.policy..")));
        lenient(rule).check(ENGINE_CLASSES);
    }

    @Test
    void onlyTheWiringUsesTheHost() {
        ArchRule rule = noClasses()
                .that()
                .resideOutsideOfPackages("org.shadowmmu.engine.host..", "org.shadowmmu.engine.wiring..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.shadowmmu.engine.host..", "org.shadowmmu.engine.wiring..");
        lenient(rule).check(ENGINE_CLASSES);
    }

    /** Departures from the simulated kernels are for the measurement of published claims only: never for verification. */
    @Test
    void onlyTheMeasurementOfClaimsDepartsFromTheKernel() {
        ArchRule rule = noClasses()
                .that()
                .resideOutsideOfPackages("org.shadowmmu.engine..", "org.shadowmmu.lab.reproduce..")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("org.shadowmmu.engine.era.WhatIf");
        rule.check(ALL_CLASSES);
    }

    @Test
    void labPackagesDependOneWay() {
        oneWay("org.shadowmmu.lab", LAB_PACKAGES).check(LAB_CLASSES);
    }

    @Test
    void labPackagesFormNoCycle() {
        slices().matching("org.shadowmmu.lab.(*)..")
                .should()
                .beFreeOfCycles()
                .allowEmptyShould(true)
                .check(LAB_CLASSES);
    }

    /** The rules above find what they look for: each kind is broken here by classes that are known to break it. */
    @Test
    void theRulesCanFail() {
        JavaClasses thisTest = new ClassFileImporter().importClasses(ArchitectureTest.class);
        assertBroken(usesOnly(resideInAnyPackage(API)), thisTest);
        assertBroken(onlyThese("org.shadowmmu.engine..").mayUse("com.tngtech.archunit.."), thisTest);

        JavaClasses library = new ClassFileImporter().importClasses(SliceRule.class);
        oneWay("com.tngtech.archunit", List.of("lang", "library")).check(library);
        assertBroken(oneWay("com.tngtech.archunit", List.of("library", "lang")), library);
    }

    private static void assertBroken(ArchRule rule, JavaClasses classes) {
        assertThatThrownBy(() -> rule.check(classes))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("was violated");
    }

    private static ArchRule usesOnly(DescribedPredicate<JavaClass> allowed) {
        return lenient(classes().should().onlyDependOnClassesThat(allowed));
    }

    /** A rule in two parts: {@code onlyThese(packages).mayUse(library)}. */
    private interface Users {
        ArchRule mayUse(String library);
    }

    private static Users onlyThese(String... users) {
        return library -> lenient(noClasses()
                .that()
                .resideOutsideOfPackages(users)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library));
    }

    /** No package uses one that comes after it in the list. */
    private static ArchRule oneWay(String base, List<String> lowestFirst) {
        CompositeArchRule all = null;
        for (int i = 0; i < lowestFirst.size() - 1; i++) {
            String[] above = lowestFirst.subList(i + 1, lowestFirst.size()).stream()
                    .map(name -> base + "." + name + "..")
                    .toArray(String[]::new);
            ArchRule one = lenient(noClasses()
                    .that()
                    .resideInAPackage(base + "." + lowestFirst.get(i) + "..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(above));
            all = all == null ? CompositeArchRule.of(one) : all.and(one);
        }
        return all;
    }

    /** A package or module may still be empty. */
    private static ArchRule lenient(ArchRule rule) {
        return rule.allowEmptyShould(true);
    }

    private static DescribedPredicate<JavaClass> partOf(JavaClasses module) {
        return describe("are part of the module", type -> module.contain(type.getName()));
    }

    private static JavaClasses classesOf(String... modules) {
        return new ClassFileImporter()
                .importPaths(Stream.of(modules)
                        .map(module -> ROOT.resolve(module).resolve("target/classes"))
                        .filter(Files::isDirectory)
                        .toList());
    }

    private static List<String> policies() {
        try (Stream<Path> children = Files.list(ROOT)) {
            return children.filter(path -> Files.exists(path.resolve("pom.xml")))
                    .map(path -> path.getFileName().toString())
                    .filter(name -> name.startsWith("policy-") && !name.equals("policy-tck"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The directory of the parent pom, wherever in the tree the tests were started. */
    private static Path root() {
        Path path = Path.of("").toAbsolutePath();
        while (!Files.exists(path.resolve("mmu-api/pom.xml"))) {
            path = path.getParent();
        }
        return path;
    }
}
