package org.stablevideo.atlas;

import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.problem.RequestInvalid;

/**
 * Which solver makes atlases. As text {@code grid}, {@code nla}, or {@code nla:LENGTH} and {@code nla:LENGTH:BATCH} where LENGTH is a number of iterations,
 * or minutes with an m behind ({@code nla:20000}, {@code nla:40m:2000}).
 *
 * @param nla the training of neural layered atlases; empty for {@link GridAtlasSolver}
 */
public record SolverChoice(Optional<NlaSettings> nla) {

    /** What a user gets without asking. */
    public static final SolverChoice GRID = new SolverChoice(Optional.empty());

    /** System property and, in capitals with an underscore, variable: a choice as text. */
    public static final String PROPERTY = "stablevideo.solver";

    private static final Pattern TEXT = Pattern.compile("nla(?::(\\d{1,8}(?:\\.\\d{1,4})?)(m?)(?::(\\d{1,6}))?)?");

    /**
     * Reads a choice.
     *
     * @throws ProblemException request-invalid where it is none
     */
    public static SolverChoice of(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (text.equals("grid")) {
            return GRID;
        }
        try {
            if (matcher.matches()) {
                NlaSettings paper = NlaSettings.OF_PAPER;
                boolean minutes = "m".equals(matcher.group(2));
                int iterations = matcher.group(1) == null ? paper.iterations() : minutes ? 0 : Integer.parseInt(matcher.group(1));
                int batch = matcher.group(3) == null ? paper.batch() : Integer.parseInt(matcher.group(3));
                return new SolverChoice(Optional.of(new NlaSettings(iterations, minutes ? Double.parseDouble(matcher.group(1)) : 0, batch, paper.rate(), paper.seed())));
            }
        } catch (IllegalArgumentException e) {
            throw invalid(text, e);
        }
        throw invalid(text, null);
    }

    private static ProblemException invalid(String text, Exception cause) {
        return new ProblemException(
                new RequestInvalid(
                        "“" + text + "” is no solver of atlases.",
                        "Choose grid; or nla, nla:20000 (iterations, up to 10 million) or nla:40m (minutes), perhaps with the pixels an iteration behind, "
                                + "16 to 100000: nla:40m:2000."),
                cause);
    }

    /** What the user chose for this process. */
    public static SolverChoice wanted() {
        String variable = System.getenv("STABLEVIDEO_SOLVER");
        return of(System.getProperty(PROPERTY, variable == null || variable.isBlank() ? "grid" : variable.strip()));
    }

    /** The choice as {@link #of} reads it. */
    public String text() {
        return nla.map(SolverChoice::text).orElse("grid");
    }

    private static String text(NlaSettings nla) {
        String length = nla.iterations() > 0 ? Integer.toString(nla.iterations()) : String.format(java.util.Locale.ROOT, "%.4f", nla.minutes()).replaceFirst("\\.?0+$", "") + "m";
        return "nla:" + length + ":" + nla.batch();
    }

    /** Distinct for choices that give distinct atlases; empty for the default. */
    public String key() {
        return nla.map(NlaSettings::key).orElse("");
    }

    /**
     * The solver.
     *
     * @param unfinished folder for work that breaks off
     */
    public AtlasSolver solver(Path unfinished) {
        return nla.<AtlasSolver>map(training -> new NlaAtlasSolver(training, unfinished)).orElseGet(GridAtlasSolver::new);
    }
}
