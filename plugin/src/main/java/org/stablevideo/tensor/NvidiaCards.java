package org.stablevideo.tensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The NVIDIA cards of this computer, as their driver tells.
 *
 * @param models names such as {@code NVIDIA GeForce RTX 4070}
 * @param driver version of the driver, empty where none is loaded
 */
public record NvidiaCards(List<String> models, Optional<String> driver) {

    /** First driver that runs programs made for CUDA 12. */
    public static final int LEAST_DRIVER = 525;

    private static final Pattern MODEL = Pattern.compile("(?m)^Model:\\s*(.+?)\\s*$");
    private static final Pattern DRIVER = Pattern.compile("(?:Kernel Module|x86_64)\\s+(\\d+(?:\\.\\d+)*)");

    /** Those of this computer. */
    public static NvidiaCards here() {
        return below(Path.of("/proc/driver/nvidia"));
    }

    /** Those that a driver's folder tells of. */
    static NvidiaCards below(Path folder) {
        List<String> models = new ArrayList<>();
        Optional<String> driver = Optional.empty();
        try {
            Path version = folder.resolve("version");
            if (Files.isReadable(version)) {
                Matcher matcher = DRIVER.matcher(Files.readString(version));
                driver = matcher.find() ? Optional.of(matcher.group(1)) : Optional.of("unknown");
            }
            if (Files.isDirectory(folder.resolve("gpus"))) {
                try (Stream<Path> cards = Files.list(folder.resolve("gpus"))) {
                    for (Path card : cards.sorted().toList()) {
                        Matcher model = MODEL.matcher(Files.readString(card.resolve("information")));
                        models.add(model.find() ? model.group(1) : "NVIDIA card");
                    }
                }
            }
        } catch (IOException e) {
            return new NvidiaCards(List.copyOf(models), driver);
        }
        return new NvidiaCards(List.copyOf(models), driver);
    }

    /** Whether the driver is new enough for the libraries that this program uses. */
    public boolean isDriverNewEnough() {
        return driver.map(version -> version.replaceFirst("\\..*", "")).filter(major -> major.matches("\\d{1,6}"))
                .map(major -> Integer.parseInt(major) >= LEAST_DRIVER).orElse(driver.isPresent());
    }
}
