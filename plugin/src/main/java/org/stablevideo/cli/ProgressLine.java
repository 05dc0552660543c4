package org.stablevideo.cli;

import java.io.PrintStream;
import java.util.Locale;
import org.stablevideo.progress.Progress;

/** Progress on stderr: a bar that redraws itself on a terminal, else a line for each new stage and each tenth. Safe for any thread. */
final class ProgressLine implements Progress, AutoCloseable {

    private static final int WIDTH = 28;
    private static final long REDRAW_MS = 100;

    private final PrintStream out;
    private final boolean terminal;
    private final long startMs;
    private String stage = "";
    private String lastNote = "";
    private int tenth = -1;
    private long drawnMs;
    private boolean open;

    ProgressLine(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
        this.startMs = System.currentTimeMillis();
    }

    /** On stderr; a bar when the launcher found that to be a terminal. */
    static ProgressLine standard() {
        return new ProgressLine(System.err, Boolean.getBoolean("stablevideo.terminal"));
    }

    @Override
    public synchronized void report(String newStage, double fraction) {
        double share = Math.min(1, Math.max(0, fraction));
        boolean changed = !newStage.equals(stage);
        stage = newStage;
        long now = System.currentTimeMillis();
        if (terminal) {
            if (changed || share >= 1 || now - drawnMs >= REDRAW_MS) {
                drawnMs = now;
                out.print("\r" + bar(share, now - startMs) + "\033[K");
                out.flush();
                open = true;
            }
        } else if (changed || (int) (share * 10) > tenth) {
            tenth = (int) (share * 10);
            out.println(String.format(Locale.ROOT, "%3d %% %s", Math.round(share * 100), stage));
        }
    }

    @Override
    public synchronized void note(String sentence) {
        if (!sentence.equals(lastNote)) {
            lastNote = sentence;
            close();
            out.println(sentence);
        }
    }

    /** Ends the bar's line, so that what is printed next begins a line of its own. */
    @Override
    public synchronized void close() {
        if (open) {
            out.println();
            open = false;
        }
    }

    private String bar(double share, long elapsedMs) {
        int filled = (int) Math.round(share * WIDTH);
        String left = share > 0.02 && share < 1 && elapsedMs > 3000 ? ", " + seconds(elapsedMs * (1 - share) / share) + " left" : "";
        return String.format(
                Locale.ROOT, "%s%s %3d %% %s%s", "█".repeat(filled), "░".repeat(WIDTH - filled), Math.round(share * 100), stage, left);
    }

    private static String seconds(double ms) {
        long s = Math.round(ms / 1000);
        return s < 100 ? s + " s" : (s + 30) / 60 + " min";
    }
}
