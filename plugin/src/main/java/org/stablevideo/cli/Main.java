package org.stablevideo.cli;

import java.io.PrintWriter;
import java.util.Arrays;
import org.slf4j.LoggerFactory;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.progress.CancelledException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command {@code stablevideo}. */
@Command(
        name = "stablevideo",
        description = "Edits the look of a shot by text, without flicker, through MLT.",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        versionProvider = Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:failed", "2:usage", "3:incomplete render", "130:cancelled"},
        subcommands = {
            RenderCommand.class,
            AnalyseCommand.class,
            EditCommand.class,
            InspectCommand.class,
            MeasureCommand.class,
            CompareCommand.class,
            BenchCommand.class,
            ExportCommand.class,
            PresetCommand.class,
            ModelsCommand.class,
            BackendCommand.class,
            DoctorCommand.class,
            SetupCommand.class,
            CleanCommand.class
        })
public final class Main implements Runnable {

    private static final String[] BACKEND = {"backend", "run"};

    @Spec
    private CommandSpec spec;

    /** Runs a command and exits with its code. */
    public static void main(String[] args) {
        System.exit(exitCode(args));
    }

    private static int exitCode(String[] args) {
        try {
            // a preview waits for the backend, which needs none of what describes the commands
            return Arrays.equals(args, BACKEND) ? BackendCommand.serve() : commandLine().execute(args);
        } catch (ExceptionInInitializerError e) {
            // a library that a class needs from its start on
            if (e.getCause() instanceof ProblemException problem) {
                return failed(problem, new PrintWriter(System.err, true));
            }
            throw e;
        } catch (RuntimeException e) {
            return failed(e, new PrintWriter(System.err, true));
        }
    }

    /** The whole command line, ready to execute. */
    public static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new Main());
        commandLine.setAbbreviatedOptionsAllowed(false);
        commandLine.setUsageHelpAutoWidth(true);
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        commandLine.setExecutionExceptionHandler((e, command, result) -> failed(e, command.getErr()));
        commandLine.setParameterExceptionHandler(Main::misunderstood);
        return commandLine;
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    private static int failed(Exception e, PrintWriter err) {
        if (e instanceof CancelledException) {
            err.println("stablevideo: cancelled; what was finished is kept.");
            return ExitCode.CANCELLED;
        }
        if (e instanceof ProblemException problem) {
            err.println("stablevideo: " + problem.problem().sentence() + " [" + problem.problem().code() + "]");
            LoggerFactory.getLogger(Main.class).debug("cause", e);
            return ExitCode.FAILED;
        }
        err.println("stablevideo: " + e + " (a mistake of the program, please report it)");
        e.printStackTrace(err);
        return ExitCode.FAILED;
    }

    private static int misunderstood(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        command.getErr().println("stablevideo: " + e.getMessage());
        CommandLine.UnmatchedArgumentException.printSuggestions(e, command.getErr());
        command.getErr().println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
        return ExitCode.USAGE;
    }
}
