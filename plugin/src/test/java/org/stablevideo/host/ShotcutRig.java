package org.stablevideo.host;

import java.io.IOException;
import java.nio.file.Path;

/** Real Shotcut as setup installs it for one user, with the panel of the effect; driven by mouse and by keys. */
final class ShotcutRig extends DesktopRig {

    ShotcutRig(Path folder) throws IOException, InterruptedException {
        super("shotcut", folder);
    }

    /** Opens a clip or a project, in a window that fills the screen. */
    void open(Path file) throws IOException, InterruptedException {
        startUntilWindow(" - Shotcut", folder.resolve("home/.local/share/stablevideo/shotcut/bin/shotcut").toString(), "--noupgrade", file.toString());
        pause(3000);
        input("search", "--onlyvisible", "--name", " - Shotcut", "windowsize", "1600", "1000");
        pause(2000);
    }

    /** Clicks at a place of the screen. */
    void click(int x, int y) throws IOException, InterruptedException {
        input("mousemove", "" + x, "" + y, "click", "1");
        pause(600);
    }

    /** Types a text where the keyboard is, and Enter. */
    void enter(String text) throws IOException, InterruptedException {
        input("type", "--delay", "20", text);
        input("key", "Return");
        pause(300);
    }
}
