package org.stablevideo.pipeline;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.stablevideo.atlas.AtlasFile;
import org.stablevideo.cache.RecentMap;
import org.stablevideo.clip.ClipIdentity;
import org.stablevideo.edit.Edit;
import org.stablevideo.edit.EditFile;
import org.stablevideo.edit.EditRequest;
import org.stablevideo.edit.EditedPart;
import org.stablevideo.motion.MaskText;
import org.stablevideo.problem.ProblemException;

/**
 * Finished edits that travel with the clips they belong to: files in a folder {@value #FOLDER} beside a clip or in a folder above it. They are found by
 * what the clip holds and what was asked for, not by the model that painted them, so they render where that model is not.
 *
 * <pre>
 * KEY-MASK-EDIT.svedit    KEY: {@link ClipIdentity#key}; MASK: motion, or masked-NAME-BYTES with a checksum of the mask's name; EDIT: the edit's id
 * ATLAS.svatlas           ATLAS: the id that the edits of this atlas name
 * </pre>
 */
public final class PackedEdits {

    /** Name of the folder. */
    public static final String FOLDER = "stablevideo-edits";

    private static final Logger LOG = LoggerFactory.getLogger(PackedEdits.class);

    /** How many folders above the clip's are looked at. */
    private static final int LEVELS = 6;

    private static final String EDIT = ".svedit";
    private static final String ATLAS = ".svatlas";
    private static final int REMEMBERED = 256;

    private record FileState(Path file, long bytes, long modified) {}

    /** What was asked for in the files seen last, so that a preview that looks again reads none of them. */
    private final Map<FileState, Optional<EditRequest>> seen = RecentMap.of(REMEMBERED);

    /**
     * The folders that may hold edits of a clip, the nearest first; those that exist.
     *
     * @param resource what the host opens; has none unless it is a path
     */
    public static List<Path> foldersOf(String resource) {
        List<Path> folders = new ArrayList<>();
        try {
            Path above = Path.of(resource).toAbsolutePath().getParent();
            for (int i = 0; i <= LEVELS && above != null; i++) {
                Path folder = above.resolve(FOLDER);
                if (Files.isDirectory(folder)) {
                    folders.add(folder);
                }
                above = above.getParent();
            }
        } catch (InvalidPathException e) {
            return List.of();
        }
        return folders;
    }

    /** The edit of a clip that was asked for in these words, with its atlas; damaged files count as missing. */
    Optional<EditedPart> find(ClipIdentity clip, EditRequest request, String mask) {
        for (Path folder : foldersOf(clip.resource())) {
            for (Path file : candidates(folder, clip.key() + "-" + stamp(mask))) {
                Optional<EditedPart> packed = requestOf(file).filter(request::equals).flatMap(same -> read(file));
                if (packed.isPresent()) {
                    return packed;
                }
            }
        }
        return Optional.empty();
    }

    /** How a clip was divided into shots where its edits were made; empty where not all of it is packed. */
    Optional<Shots> shotsOf(ClipIdentity clip) {
        Pattern name = Pattern.compile(clip.contentHash() + "-(\\d{1,9})-(\\d{1,9})-.*\\" + EDIT);
        for (Path folder : foldersOf(clip.resource())) {
            Set<Shots.Part> packedParts = new HashSet<>();
            candidates(folder, clip.contentHash() + "-").stream().map(file -> name.matcher(file.getFileName().toString())).filter(Matcher::matches)
                    .forEach(part -> packedParts.add(new Shots.Part(Integer.parseInt(part.group(1)) - clip.firstFrame(), Integer.parseInt(part.group(2)))));
            List<Shots.Part> parts = new ArrayList<>();
            int at = 0;
            while (at < clip.frameCount()) {
                List<Shots.Part> shot = longest(packedParts, at, clip.frameCount() - at);
                if (shot.isEmpty()) {
                    break;
                }
                parts.addAll(shot);
                at = shot.get(shot.size() - 1).end();
            }
            if (at == clip.frameCount()) {
                return Optional.of(new Shots(parts, clip.frameCount()));
            }
        }
        return Optional.empty();
    }

    /** The parts of the longest shot from a frame on that is packed as a whole; none where there is none. */
    private static List<Shots.Part> longest(Set<Shots.Part> packedParts, int first, int most) {
        for (int count = most; count > 0; count--) {
            List<Shots.Part> parts = Shots.divided(first, count);
            if (packedParts.containsAll(parts)) {
                return parts;
            }
        }
        return List.of();
    }

    /**
     * Writes an edit and its atlas.
     *
     * @param folder made when missing
     * @return the edit's file
     * @throws ProblemException with {@link org.stablevideo.problem.CacheFull} when there is no room
     */
    static Path write(EditedPart packed, ClipIdentity clip, String mask, Path folder) {
        Path atlas = folder.resolve(packed.atlas().id() + ATLAS);
        if (!Files.exists(atlas)) {
            AtlasFile.write(packed.atlas(), atlas);
        }
        Path edit = folder.resolve(clip.key() + "-" + stamp(mask) + packed.edit().id() + EDIT);
        EditFile.write(packed.edit(), edit);
        return edit;
    }

    private static List<Path> candidates(Path folder, String beginning) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith(beginning) && file.toString().endsWith(EDIT))
                    .sorted(Comparator.reverseOrder())
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            LOG.warn("{} cannot be read ({})", folder, e.getMessage());
            return List.of();
        }
    }

    private Optional<EditRequest> requestOf(Path file) {
        try {
            FileState state = new FileState(file, Files.size(file), Files.getLastModifiedTime(file).toMillis());
            synchronized (seen) {
                Optional<EditRequest> known = seen.get(state);
                if (known == null) {
                    known = edit(file).map(Edit::request);
                    seen.put(state, known);
                }
                return known;
            }
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Optional<EditedPart> read(Path file) {
        return edit(file).flatMap(edit -> {
            try {
                return Optional.of(new EditedPart(AtlasFile.read(file.resolveSibling(edit.atlasId() + ATLAS)), edit));
            } catch (ProblemException e) {
                LOG.warn("a packed edit is of no use: {}", e.problem().sentence());
                return Optional.empty();
            }
        });
    }

    private static Optional<Edit> edit(Path file) {
        try {
            return Optional.of(EditFile.read(file));
        } catch (ProblemException e) {
            LOG.warn("a packed edit is of no use: {}", e.problem().sentence());
            return Optional.empty();
        }
    }

    /** The mask in a file's name: by name and length where it is there, by name alone where only the edit travelled. */
    private static String stamp(String mask) {
        return mask.isEmpty() ? "motion-" : MaskText.objects(mask).stream().map(PackedEdits::partStamp).collect(Collectors.joining());
    }

    private static String partStamp(String mask) {
        CRC32 name = new CRC32();
        name.update(mask.replaceAll("(^|\\+ )[^+]*/", "$1").getBytes(StandardCharsets.UTF_8));
        String beginning = "masked-" + Long.toHexString(name.getValue()) + "-";
        long bytes = 0;
        try {
            for (Path file : Files.isDirectory(Path.of(mask)) ? List.<Path>of() : MaskText.files(mask)) {
                bytes += Files.size(file);
            }
        } catch (IOException e) {
            return beginning;
        }
        return bytes == 0 ? beginning : beginning + bytes + "-";
    }
}
