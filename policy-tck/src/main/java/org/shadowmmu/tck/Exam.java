package org.shadowmmu.tck;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.shadowmmu.api.Parameter;
import org.shadowmmu.api.Parameter.BooleanParameter;
import org.shadowmmu.api.Parameter.ChoiceParameter;
import org.shadowmmu.api.Parameter.IntParameter;
import org.shadowmmu.api.PolicyDescriptor;
import org.shadowmmu.engine.event.Counter;
import org.shadowmmu.engine.policy.CallLimit;
import org.shadowmmu.engine.policy.GuardedThread;
import org.shadowmmu.engine.policy.PolicyAssignment;
import org.shadowmmu.engine.policy.PolicyChoice;
import org.shadowmmu.engine.policy.PolicyFailure;
import org.shadowmmu.engine.policy.PolicyRuntime;
import org.shadowmmu.engine.policy.PolicyWatch;
import org.shadowmmu.engine.vm.VirtualMachine;

/** Tells one story under one policy, twice, and says in a sentence what went wrong. */
final class Exam {
    private static final long SEED = 42;

    private final CallLimit limit;

    Exam(CallLimit limit) {
        this.limit = limit;
    }

    /** The defaults, and every parameter at each of its ends. */
    static List<Map<String, String>> settings(PolicyDescriptor descriptor) {
        Set<Map<String, String>> settings = new LinkedHashSet<>(List.of(Map.of()));
        for (Parameter parameter : descriptor.parameters()) {
            for (String value : values(parameter)) {
                if (!value.equals(parameter.defaultText())) {
                    settings.add(Map.of(parameter.name(), value));
                }
            }
        }
        return List.copyOf(settings);
    }

    private static List<String> values(Parameter parameter) {
        if (parameter instanceof ChoiceParameter choice) {
            return choice.choices();
        }
        if (parameter instanceof BooleanParameter) {
            return List.of("false", "true");
        }
        if (parameter instanceof IntParameter number) {
            return List.of(Long.toString(number.min()), Long.toString(number.max()));
        }
        throw new IllegalArgumentException("a parameter of another kind: " + parameter);
    }

    /** What went wrong; null if nothing did. */
    @Nullable String objection(PolicyChoice choice, Story story) {
        try {
            PolicyWatch first = PolicyWatch.noting();
            List<Long> figures = tell(choice, story, first);
            if (!tell(choice, story, first.ofRepetition()).equals(figures)) {
                return "Policy '" + choice.id() + "' gave other figures when " + story.title() + " was repeated.";
            }
            return null;
        } catch (PolicyFailure e) {
            return e.getMessage();
        } catch (RuntimeException | AssertionError e) {
            return "Under policy '" + choice.id() + "' the machine failed in " + story.title() + " (" + e + ").";
        }
    }

    private List<Long> tell(PolicyChoice choice, Story story, PolicyWatch watch) {
        return new GuardedThread("policy exam", limit).run(watch, () -> {
            VirtualMachine machine = story.machine(PolicyRuntime.create(PolicyAssignment.of(choice), SEED, watch));
            story.tell(new Guest(machine));
            List<Long> figures = new ArrayList<>();
            for (Counter counter : Counter.values()) {
                figures.add(machine.counters().get(counter));
            }
            return figures;
        });
    }
}
