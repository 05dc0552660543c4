package org.stablevideo.pipeline;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.stablevideo.clip.ClipIdentity;
import org.stablevideo.edit.EditRequest;
import org.stablevideo.motion.MaskText;
import org.stablevideo.motion.ObjectFinder;

/** Names of finished work: equal for equal inputs, so that nothing is computed twice. */
final class WorkId {

    /** Raised whenever the solver would give other pixels for the same inputs. */
    private static final String ATLAS_VERSION = "19";

    /** Raised whenever a clip would be divided in another way. */
    private static final String SHOTS_VERSION = "12";

    /** Raised whenever an edit would have other pixels for the same atlas and request. */
    private static final String EDIT_VERSION = "9";

    private WorkId() {}

    /**
     * Id of the atlas of a clip: 32 hexadecimal digits.
     *
     * @param objects how many objects have prompts
     * @param solver key of the solver and its settings; empty for the default
     */
    static String atlas(ClipIdentity clip, String mask, int objects, String solver) {
        String stamp = mask.isEmpty() ? "" : MaskText.objects(mask).stream().map(WorkId::maskStamp).collect(Collectors.joining("|"));
        int count = ObjectFinder.count(mask, objects);
        String masks = count == 1 ? stamp : count + " objects|" + stamp;
        return solver.isEmpty() ? hash("atlas", ATLAS_VERSION, clip.key(), masks) : hash("atlas", ATLAS_VERSION, clip.key(), masks, solver);
    }

    /** Id of the atlas of a part that goes on from a neighbour: objects are found by what the neighbour's are. */
    static String goingOn(String own, String neighbour) {
        return hash("part", ATLAS_VERSION, own, neighbour);
    }

    /** Name under which a clip's shots are remembered. */
    static String shots(ClipIdentity clip) {
        return hash("shots", SHOTS_VERSION, clip.key());
    }

    /** Id of an edit: 32 hexadecimal digits. */
    static String edit(String atlasId, EditRequest request, String modelId) {
        return hash("edit", EDIT_VERSION, atlasId, modelId, request.toString());
    }

    private static String maskStamp(String mask) {
        return Stream.concat(Stream.of(mask), MaskText.files(mask).stream().map(WorkId::fileStamp)).collect(Collectors.joining("|"));
    }

    private static String fileStamp(Path file) {
        try {
            return file.getFileName() + ":" + Files.size(file) + ":" + Files.getLastModifiedTime(file).toMillis();
        } catch (IOException e) {
            return file.getFileName() + ":absent";
        }
    }

    private static String hash(String... parts) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            for (String part : List.of(parts)) {
                byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
                sha.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
                sha.update(bytes);
            }
            return HexFormat.of().formatHex(sha.digest(), 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
