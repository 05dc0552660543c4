package org.stablevideo.cli;

import java.io.IOException;
import java.io.PrintWriter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stablevideo.preset.PresetLibrary;
import org.stablevideo.problem.ProblemException;

/** The lists of presets and models in this user's Kdenlive; they follow what is there, where setup has made the effect known. */
final class KdenliveLists {

    private static final Logger LOG = LoggerFactory.getLogger(KdenliveLists.class);

    private KdenliveLists() {}

    /**
     * Writes the lists anew.
     *
     * @return whether what the effect lists has changed
     */
    static boolean refresh(PresetLibrary presets) throws IOException {
        UserSetup setup = new UserSetup(Installation.current(), Installation.userData());
        return setup.isDone() && setup.showPresets(presets);
    }

    /** After models came or went: refreshes, and says so where something changed. */
    static void follow(PrintWriter out) throws IOException {
        if (refresh(PresetLibrary.standard())) {
            out.println("Kdenlive's list of models is up to date with its next start.");
        }
    }

    /** Refreshes after a while, on a thread of its own: models may have come by other programs, and who edits should not have to open a terminal. */
    static void followLater(long delayMs) {
        Thread thread = new Thread(() -> refreshAfter(delayMs), "lists");
        thread.setDaemon(true);
        thread.start();
    }

    private static void refreshAfter(long delayMs) {
        try {
            Thread.sleep(delayMs);
            if (refresh(PresetLibrary.standard())) {
                LOG.info("presets and models in Kdenlive's lists are up to date with its next start");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | ProblemException e) {
            LOG.warn("Kdenlive's lists stay as they are: {}", e.getMessage());
        }
    }
}
