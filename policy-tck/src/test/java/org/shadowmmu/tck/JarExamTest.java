package org.shadowmmu.tck;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.shadowmmu.api.testing.TestJar;
import org.shadowmmu.engine.policy.CallLimit;

/** A sound jar passes, and each kind of fault is found. */
class JarExamTest {
    private static final String KEEPS =
            "@Override public void pageCreated(ShadowPageView page) { pages.addYoungest(page); }\n";

    @TempDir
    Path folder;

    private JarExam.Result exam(TestJar jar) {
        return new JarExam(CallLimit.of(Duration.ofMillis(500))).of(jar.write(folder, "my.jar"));
    }

    @Test
    void aSoundJarPasses() {
        JarExam.Result result = exam(TestJar.good("my-policy"));

        assertThat(result.objections()).isEmpty();
        assertThat(result.warnings()).isEmpty();
        assertThat(result.policies()).containsExactly("my-policy");
        assertThat(result.runs()).isEqualTo(Story.values().length);
    }

    @Test
    void aPolicyThatThrowsUnderShadowPagingOnlyIsFound() {
        JarExam.Result result = exam(TestJar.reclaiming("my-policy", KEEPS + """
                @Override public ShadowPageView nextVictim() {
                    ShadowPageView victim = pages.oldestVictim();
                    if (!victim.direct()) { throw new IllegalStateException("indirect"); }
                    return victim;
                }
                """));

        assertThat(result.passed()).isFalse();
        assertThat(result.objections())
                .singleElement()
                .asString()
                .contains("my.jar threw IllegalStateException (indirect) in decision reclaim-order (nextVictim)")
                .contains("shadow paging");
    }

    @Test
    void aPolicyThatFollowsTheClockIsFoundTwice() {
        JarExam.Result result = exam(TestJar.reclaiming(
                "my-policy",
                KEEPS + "@Override public ShadowPageView nextVictim() { return (System.nanoTime() >> 4) % 3 == 0"
                        + " ? pages.oldestVictim() : pages.youngestVictim(); }"));

        assertThat(result.warnings()).singleElement().asString().contains("uses java.lang.System.nanoTime");
        assertThat(result.objections())
                .isNotEmpty()
                .allMatch(sentence -> sentence.contains("answered otherwise when the same run was repeated"));
    }

    @Test
    void aPolicyThatNeverReturnsIsFound() {
        JarExam.Result result = exam(TestJar.reclaiming(
                "my-policy", KEEPS + "@Override public ShadowPageView nextVictim() { while (true) { } }"));

        assertThat(result.objections())
                .isNotEmpty()
                .allMatch(sentence -> sentence.contains("never returned in decision reclaim-order (nextVictim)"));
    }

    @Test
    void whatTheHostRefusesIsAnObjection() {
        assertThat(exam(TestJar.good("my-policy").withoutServicesEntry()).objections())
                .singleElement()
                .asString()
                .contains("has no entry META-INF/services");
    }
}
