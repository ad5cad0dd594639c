package org.shadowmmu.lab.cli;

import org.shadowmmu.engine.policy.PolicyRuntime;
import org.shadowmmu.lab.machine.RecordedVm;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The program {@code shadowmmu}. */
@Command(
        name = "shadowmmu",
        mixinStandardHelpOptions = true,
        description = "A laboratory for the reclaim and zap policies of the KVM x86 MMU.",
        synopsisSubcommandLabel = "COMMAND")
public final class Main {
    private Main() {}

    /** Runs a command and ends the program with its exit code. */
    public static void main(String[] arguments) {
        VerifyCommand verify = new VerifyCommand(header -> new RecordedVm(header, PolicyRuntime.upstream()));
        System.exit(new CommandLine(new Main()).addSubcommand(verify).execute(arguments));
    }
}
