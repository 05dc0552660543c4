package org.stablevideo.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.stablevideo.preset.PresetLibrary;
import org.stablevideo.problem.HostMissing;
import org.stablevideo.problem.ProblemException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code setup}: makes the effect known to this user's Kdenlive and melt, without root. May be run again at any time. */
@Command(name = "setup", description = "Installs the effect for this user: MLT module folder, Kdenlive effect, category and presets.")
final class SetupCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(names = "--remove", description = "Take back what setup did; your presets and finished edits stay.")
    private boolean remove;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        UserSetup setup = new UserSetup(Installation.current(), Installation.userData());
        if (remove) {
            setup.remove().forEach(out::println);
            return ExitCode.DONE;
        }
        if (Installation.hostModules().isEmpty()) {
            throw new ProblemException(new HostMissing("MLT is not installed.", "Run: sudo apt-get install melt (or kdenlive)."));
        }
        setup.install(PresetLibrary.standard()).forEach(out::println);
        if (setup.needsModuleFolder()) {
            out.println();
            out.println("Start “Kdenlive with StableVideo” from the menu, or in a terminal:");
            out.println("  MLT_REPOSITORY=" + setup.moduleFolder() + " kdenlive");
            out.println("Run setup again after an update of MLT.");
        }
        return ExitCode.DONE;
    }
}
