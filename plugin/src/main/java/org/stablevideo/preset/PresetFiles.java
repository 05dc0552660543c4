package org.stablevideo.preset;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.stablevideo.problem.PresetInvalid;
import org.stablevideo.problem.ProblemException;

/** Files with presets on the disk; what goes wrong with them is a {@link PresetInvalid}. */
final class PresetFiles {

    private PresetFiles() {}

    /** Reads a preset and checks it. */
    static Preset read(Path file) {
        String json;
        try {
            json = Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new ProblemException(new PresetInvalid("There is no file " + file + ".", "Check the name."), e);
        } catch (IOException e) {
            throw cannot("read", file, e);
        }
        return PresetFormat.parse(json, file.toString());
    }

    /** Writes a file whose readers see the old one or the new, never half of one; its folder is made when missing. */
    static void write(Path file, String text) {
        try {
            Path folder = Files.createDirectories(file.getParent());
            Path part = Files.createTempFile(folder, ".preset", ".part");
            try {
                Files.writeString(part, text);
                Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (IOException e) {
            throw cannot("write", file, e);
        }
    }

    /** That a file cannot be read, written or deleted. */
    static ProblemException cannot(String verb, Path file, Exception e) {
        String reason = e instanceof AccessDeniedException ? "permission denied" : e.getMessage();
        return new ProblemException(
                new PresetInvalid("Cannot " + verb + " " + file + ": " + reason + ".", "Check the folder's rights and free space."), e);
    }
}
