package org.stablevideo.cli;

import java.util.Locale;
import java.util.Map;
import org.stablevideo.atlas.NlaSettings;
import org.stablevideo.atlas.SolverChoice;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which solver makes the atlas, and for how long; the same options find it again. */
final class SolverOptions {

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--solver", paramLabel = "grid|nla",
            description = "Solver of the atlas (default grid, or what STABLEVIDEO_SOLVER says); nla trains neural layered atlases, which takes hours.")
    private String solver = "";

    @Option(names = "--iterations", paramLabel = "N", description = "Iterations of --solver nla (default 400000, as in the paper).")
    private int iterations;

    @Option(names = "--minutes", paramLabel = "M", description = "Time that --solver nla may train, in place of --iterations.")
    private double minutes;

    @Option(names = "--batch", paramLabel = "N", description = "Pixels an iteration of --solver nla (default 10000; 1000 suits a processor).")
    private int batch;

    /** Makes the choice this process's; to be called before a pipeline is made. */
    void apply() {
        if (solver.isEmpty() || solver.equals("grid")) {
            if (iterations != 0 || minutes != 0 || batch != 0) {
                throw new ParameterException(spec.commandLine(), "--iterations, --minutes and --batch go with --solver nla.");
            }
            if (!solver.isEmpty()) {
                System.setProperty(SolverChoice.PROPERTY, solver);
            }
            SolverChoice.wanted();
            return;
        }
        if (iterations != 0 && minutes != 0) {
            throw new ParameterException(spec.commandLine(), "Give --iterations or --minutes, not both.");
        }
        if (solver.equals("nla") && (iterations != 0 || minutes != 0 || batch != 0)) {
            String length = minutes != 0
                    ? String.format(Locale.ROOT, "%.4f", minutes) + "m"
                    : Integer.toString(iterations != 0 ? iterations : NlaSettings.OF_PAPER.iterations());
            solver = "nla:" + length + ":" + (batch != 0 ? batch : NlaSettings.OF_PAPER.batch());
        }
        System.setProperty(SolverChoice.PROPERTY, SolverChoice.of(solver).text());
    }

    /** What a host must be started with, so that a backend that it starts takes this solver. */
    Map<String, String> environment() {
        return Map.of("STABLEVIDEO_SOLVER", SolverChoice.wanted().text());
    }

    /**
     * Makes room for a backend that takes this solver: one that takes another is ended, unless it is at work.
     *
     * @throws org.stablevideo.problem.ProblemException request-invalid when it is
     */
    void claimBackend() throws InterruptedException {
        BackendClaim.claim("solver", SolverChoice.wanted().text(), "--solver");
    }
}
