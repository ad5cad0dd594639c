package org.shadowmmu.lab.cli;

import jakarta.inject.Inject;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.shadowmmu.lab.BadInputException;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code completion}: the script with which a shell completes commands, options and names. */
@Command(
        name = "completion",
        mixinStandardHelpOptions = true,
        description = {
            "Prints the script with which a shell completes commands, options, policies, workloads and file names.",
            "It knows the policies and workloads that there were when it was printed, and asks nobody while you type:",
            "after a new jar in policies/ or a new stream in data/streams, print it again. A name that it does not know",
            "works all the same."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  source <(./shadowmmu completion bash)                    # in this bash",
            "  ./shadowmmu completion bash > ~/.local/share/bash-completion/completions/shadowmmu",
            "  source <(./shadowmmu completion zsh)                     # in this zsh, or in ~/.zshrc"
        })
public final class CompletionCommand implements Callable<Integer> {
    /** The shells that can be taught. */
    static final class Shells extends ArrayList<String> {
        Shells() {
            super(List.of("bash", "zsh"));
        }
    }

    @Parameters(paramLabel = "SHELL", completionCandidates = Shells.class, description = "bash or zsh.")
    private String shell = "";

    @Spec
    private CommandSpec spec;

    /** Made by the injector. */
    @Inject
    public CompletionCommand() {}

    @Override
    public Integer call() {
        if (!new Shells().contains(shell)) {
            throw new BadInputException("There is no completion for '" + shell + "'; there is for bash and zsh.");
        }
        PrintWriter out = spec.commandLine().getOut();
        // The script is for both: in zsh it loads bashcompinit.
        out.print(AutoComplete.bash("shadowmmu", spec.root().commandLine()));
        out.flush();
        return 0;
    }
}
