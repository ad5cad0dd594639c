package org.shadowmmu.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.shadowmmu.api.Decision;
import org.shadowmmu.api.PolicyProvider;
import org.shadowmmu.engine.policy.CallLimit;
import org.shadowmmu.engine.policy.PolicyChoice;

/** Tests that every policy must pass: extend it, and say which provider is yours. */
public abstract class PolicyContractTest {
    /** For classes that extend it. */
    protected PolicyContractTest() {}

    /** The provider under test; a new one per call will do. */
    protected abstract PolicyProvider provider();

    /** A descriptor is a fact, not a mood. */
    @Test
    void theDescriptorIsTheSameEveryTime() {
        PolicyProvider provider = provider();

        assertEquals(provider.descriptor(), provider.descriptor());
        assertEquals(provider.descriptor(), provider().descriptor());
        assertTrue(provider.descriptor().decisions().stream().allMatch(Decision.class::isInstance));
    }

    /** Every story, with the defaults and with every parameter at each of its ends; each is told twice. */
    @TestFactory
    Stream<DynamicTest> everyStoryEndsWellAndTheSameWay() {
        Exam exam = new Exam(CallLimit.DEFAULT);
        return Exam.settings(provider().descriptor()).stream()
                .flatMap(settings -> Stream.of(Story.values())
                        .map(story -> DynamicTest.dynamicTest(
                                story.title() + (settings.isEmpty() ? "" : ", " + settings),
                                () -> assertNull(
                                        exam.objection(PolicyChoice.inProcess(provider(), settings), story)))));
    }
}
