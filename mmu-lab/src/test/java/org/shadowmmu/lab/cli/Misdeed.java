package org.shadowmmu.lab.cli;

import java.nio.file.Path;
import org.shadowmmu.api.testing.TestJar;

/**
 * One way to misbehave, as a policy in a jar of its own that is otherwise a plain first-in, first-out order.
 *
 * @param id the policy, and the name of its jar
 * @param deed what the report must say it did
 * @param place the hook or decision that the report must name
 * @param members Java code that goes into the policy class; it may override the plain {@code pageCreated} and {@code
 *     nextVictim} of the class above it
 */
record Misdeed(String id, String deed, String place, String members) {
    static final String VICTIM = "decision reclaim-order (nextVictim)";

    static Misdeed inHook(String id, String hook, String parameters, String deed, String body) {
        return new Misdeed(
                id, deed, "hook " + hook, "@Override public void " + hook + "(" + parameters + ") { " + body + " }");
    }

    static Misdeed inVictim(String id, String deed, String body) {
        return new Misdeed(id, deed, VICTIM, "@Override public ShadowPageView nextVictim() { " + body + " }");
    }

    /** A reference that the loader of the jar refuses; the policy is loaded when it is created. */
    static Misdeed forbidden(String id, String what, String body) {
        return new Misdeed(
                id,
                "uses " + what + " (in test.TestPolicy), which no policy may use",
                "create",
                "@Override public void reclaimBegins(int wanted) { " + body + " }");
    }

    /** Compiles the policy and packs it. */
    void write(Path folder) {
        jar().write(folder, id + ".jar");
    }

    private TestJar jar() {
        return new TestJar()
                .provider(
                        "test.Provider",
                        "return PolicyDescriptor.of(\"" + id + "\", \"misbehaves\", ApiVersion.COMPILED)"
                                + ".decides(Decision.RECLAIM_ORDER).build();",
                        "return new TestPolicy(context);")
                .source("test.Plain", """
                        package test;
                        import org.shadowmmu.api.*;
                        class Plain implements MmuPolicy, ReclaimOrder {
                            final PolicyContext context;
                            final PageQueue pages;
                            Plain(PolicyContext context) {
                                this.context = context;
                                pages = context.newQueue();
                            }
                            @Override public void pageCreated(ShadowPageView page) { pages.addYoungest(page); }
                            @Override public ShadowPageView nextVictim() { return pages.oldestVictim(); }
                        }
                        """)
                .source("test.TestPolicy", """
                        package test;
                        import org.shadowmmu.api.*;
                        class TestPolicy extends Plain {
                            TestPolicy(PolicyContext context) { super(context); }
                            %s
                        }
                        """.formatted(members));
    }

    /** The whole sentence, but for the number of the event. */
    String sentence() {
        return "Policy '" + id + "' of " + id + ".jar " + deed + " in " + place + " at event ";
    }
}
