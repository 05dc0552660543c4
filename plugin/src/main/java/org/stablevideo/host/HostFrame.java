package org.stablevideo.host;

import com.google.gson.Gson;
import com.google.gson.reflect.TypeToken;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.stablevideo.frame.FrameSize;
import org.stablevideo.motion.MaskText;
import org.stablevideo.preset.EffectParameter;
import org.stablevideo.preset.HostText;

/**
 * What a host says about one frame: the flat JSON object of {@code filter_stablevideo.c}.
 *
 * @param values all keys and values
 */
record HostFrame(Map<String, String> values) {

    private static final Gson GSON = new Gson();
    private static final TypeToken<Map<String, String>> FLAT = new TypeToken<>() {};

    static HostFrame parse(String json) {
        return new HostFrame(GSON.fromJson(json, FLAT));
    }

    /** Size of the picture in the slot. */
    FrameSize size() {
        return new FrameSize(integer("frame.width", 0), integer("frame.height", 0));
    }

    /** Whether the host wants to wait for the edit; who runs through a clip always does. */
    boolean waits() {
        return integer("host.waits", 0) == 1 || analyses();
    }

    /** Whether the effect was applied to this clip before, with these words or others. */
    boolean wasApplied() {
        return !values.getOrDefault(EffectParameter.RESULTS.key(), "").isBlank();
    }

    /** A number that the host has drawn for this instance of the effect, at least 0. */
    int draw() {
        return integer("host.draw", 0);
    }

    /** Process id of the host. */
    int process() {
        return integer("host.pid", 0);
    }

    /** Whether the host runs through the clip to have it analysed. */
    boolean analyses() {
        return values.containsKey("analyse");
    }

    /** Position in the source, at {@link #producerRate}. */
    int position() {
        return integer("frame.position", 0);
    }

    /** Frames a second in which the host counts the clip's positions. */
    double producerRate() {
        return number("clip.rate", 25);
    }

    /** Width by height of the project as displayed. */
    double frameAspect() {
        double width = number("profile.width", size().width());
        double height = number("profile.height", size().height());
        return width * number("profile.sample_aspect", 1) / height;
    }

    /** Positions that the clip has, those that the timeline does not use included. */
    int length() {
        return Math.max(1, integer("clip.length", 1));
    }

    /** First position that the timeline uses. */
    int in() {
        return integer("clip.in", 0);
    }

    /** Last position that the timeline uses. */
    int out() {
        return integer("clip.out", length() - 1);
    }

    /** How far in the part that the timeline uses this frame is: above 0, and 1 for the last. */
    double share() {
        return Math.min(1, (position() - in() + 1.0) / Math.max(1, out() - in() + 1));
    }

    /** Frames for which a picture of a picture sequence stands still. */
    int pictureFrames() {
        return Math.max(1, integer("clip.ttl", 1));
    }

    /** Whether the host plays the clip backwards. */
    boolean reversed() {
        return number("clip.warp_speed", 1) < 0;
    }

    /** What the host opens to read the clip: the original of a proxy, the inside of a speed change; absolute where it is a file. */
    String resource() {
        String resource = values.getOrDefault("clip.resource", "");
        if (values.containsKey("clip.warp_resource")) {
            resource = values.get("clip.warp_resource");
        }
        String original = values.get("clip.original");
        if (original != null && isFile(original)) {
            resource = original;
        }
        return absolute(resource);
    }

    /** The effect's parameters as the pipeline reads them, with absolute paths; who analyses leaves the results of the last time behind. */
    Map<String, String> parameters() {
        Map<String, String> chosen = new LinkedHashMap<>();
        for (EffectParameter parameter : EffectParameter.values()) {
            String value = values.get(parameter.key());
            if (value != null && !(analyses() && parameter == EffectParameter.RESULTS)) {
                chosen.put(parameter.key(), parameter == EffectParameter.MASK ? HostText.encode(MaskText.renamed(HostText.decode(value), this::absolute)) : value);
            }
        }
        return chosen;
    }

    /** Id of the preset that the effect names, or empty. */
    String preset() {
        return HostText.decode(values.getOrDefault(EffectParameter.PRESET.key(), "")).trim();
    }

    private String absolute(String resource) {
        String directory = values.get("host.directory");
        if (directory == null || resource.isEmpty()) {
            return resource;
        }
        try {
            Path path = Path.of(directory).resolve(resource).normalize();
            Path parent = path.getParent();
            boolean isPattern = resource.contains("%") || resource.contains("/.all.");
            return Files.exists(path) || (isPattern && parent != null && Files.isDirectory(parent)) ? path.toString() : resource;
        } catch (InvalidPathException e) {
            return resource;
        }
    }

    private static boolean isFile(String path) {
        try {
            return Files.isRegularFile(Path.of(path));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private int integer(String key, int otherwise) {
        String value = values.get(key);
        return value == null ? otherwise : Integer.parseInt(value.trim());
    }

    private double number(String key, double otherwise) {
        String value = values.get(key);
        return value == null ? otherwise : Double.parseDouble(value.trim());
    }
}
