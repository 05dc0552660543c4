package org.stablevideo.host;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;

/** Real Kdenlive, driven over D-Bus, by mouse and by keys. */
final class KdenliveRig extends DesktopRig {

    private Process kdenlive;

    KdenliveRig(Path folder) throws IOException, InterruptedException {
        super("kdenlive", folder);
    }

    /** Opens a project and waits until its window is there and answers. */
    void open(Path project) throws IOException, InterruptedException {
        kdenlive = startUntilWindow(title(project), "kdenlive", project.toString());
        await("its D-Bus", () -> ask("dbus-send", "--session", "--dest=org.freedesktop.DBus", "--print-reply", "/", "org.freedesktop.DBus.ListNames")
                .contains("kdenlive-" + kdenlive.pid()));
        pause(3000);
    }

    /** Opens a project and looks at the project monitor until it shows something; the seconds from its window to that. */
    double openUntil(Path project, Predicate<BufferedImage> shows) throws IOException, InterruptedException {
        kdenlive = startUntilWindow(title(project), "kdenlive", project.toString());
        long begin = System.nanoTime();
        await("the picture", TIMEOUT_S, 50, () -> shows.test(look()));
        return (System.nanoTime() - begin) / 1e9;
    }

    private static String title(Path project) {
        return project.getFileName().toString().replace(".kdenlive", "");
    }

    /** Calls a method of the main window with a text. */
    void call(String method, String text) throws IOException, InterruptedException {
        send("org.kde.kdenlive.MainWindow." + method, "string:" + text);
    }

    /** Triggers an action of the menus by its name. */
    void act(String action) throws IOException, InterruptedException {
        send("org.kde.KMainWindow.activateAction", "string:" + action);
    }

    private void send(String method, String argument) throws IOException, InterruptedException {
        run("dbus-send", "--session", "--print-reply", "--reply-timeout=15000", "--dest=org.kde.kdenlive-" + kdenlive.pid(), "/kdenlive/MainWindow_1", method,
                argument);
        pause(700);
    }

    /** Saves the project and reads it. */
    String saved(Path project) throws IOException, InterruptedException {
        act("file_save");
        return Files.readString(project);
    }

    /** Ends Kdenlive, saved or not; the next one does not ask whether to recover what was not. */
    @Override
    void quit() throws IOException, InterruptedException {
        super.quit();
        Path unsaved = folder.resolve("home/.local/share/stalefiles");
        if (Files.isDirectory(unsaved)) {
            run("rm", "-r", unsaved.toString());
        }
    }
}
