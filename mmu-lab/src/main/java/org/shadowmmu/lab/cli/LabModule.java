package org.shadowmmu.lab.cli;

import com.google.inject.AbstractModule;
import org.shadowmmu.engine.policy.PolicyRuntime;
import org.shadowmmu.engine.wiring.EngineModule;
import org.shadowmmu.lab.ab.AbRunner;
import org.shadowmmu.lab.machine.RecordedMachines;
import org.shadowmmu.lab.machine.RecordedVm;
import org.shadowmmu.lab.trial.EngineMachine;
import org.shadowmmu.lab.trial.MachineFactory;
import org.shadowmmu.lab.trial.ShadowEngineMachine;
import org.shadowmmu.lab.trial.ShadowMachineFactory;
import org.shadowmmu.lab.trial.TrialRunner;

/** Wires the lab: every object that a command needs, named here and nowhere else. */
public final class LabModule extends AbstractModule {
    /** Recordings are of kernels, which draw no random numbers. */
    private static final long RECORDED_SEED = 0;

    private final LabEnvironment environment;

    /** Wires a lab that runs in this environment. */
    public LabModule(LabEnvironment environment) {
        this.environment = environment;
    }

    @Override
    protected void configure() {
        binder().requireExplicitBindings();
        binder().requireAtInjectOnConstructors();
        binder().requireExactBindingAnnotations();
        install(new EngineModule(environment.builtInPolicies()));

        bind(LabEnvironment.class).toInstance(environment);
        bind(MachineFactory.class).toInstance(EngineMachine::create);
        bind(ShadowMachineFactory.class).toInstance(ShadowEngineMachine::create);
        bind(RecordedMachines.class)
                .toInstance(
                        policies -> header -> new RecordedVm(header, PolicyRuntime.create(policies, RECORDED_SEED)));
        bind(TrialRunner.class);

        bind(Main.class);
        bind(AbRunner.class);
        bind(AbCommand.class);
        bind(ExplainCommand.class);
        bind(RunCommand.class);
        bind(MergeCommand.class);
        bind(ReportCommand.class);
        bind(ReproduceCommand.class);
        bind(ExportCommand.class);
        bind(SqlCommand.class);
        bind(SchemaCommand.class);
        bind(PoliciesCommand.class);
        bind(PoliciesCommand.ListCommand.class);
        bind(PoliciesCommand.DescribeCommand.class);
        bind(NewPolicyCommand.class);
        bind(ValidateCommand.class);
        bind(VerifyCommand.class);
        bind(CompletionCommand.class);
        bind(PolicyNames.class);
        bind(WorkloadNames.class);
    }
}
