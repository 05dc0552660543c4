package org.stablevideo.tensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How much memory a network may still take where it runs. */
public final class FreeMemory {

    /** System property: bytes to be taken for what is free; for tests, and for users who know better. */
    public static final String PROPERTY = "stablevideo.memory.free";

    private static final Path SYSTEM = Path.of("/proc/meminfo");
    private static final Path LIMIT = Path.of("/sys/fs/cgroup/memory.max");
    private static final Path USED = Path.of("/sys/fs/cgroup/memory.current");
    private static final Pattern AVAILABLE = Pattern.compile("(?m)^MemAvailable: *(\\d+) kB");

    private FreeMemory() {}

    /** Bytes that are free on the processor's side, within what the system grants this program; empty where it is not known. */
    public static OptionalLong bytes() {
        Long told = Long.getLong(PROPERTY);
        if (told != null) {
            return OptionalLong.of(told);
        }
        try {
            Matcher available = AVAILABLE.matcher(Files.readString(SYSTEM));
            if (!available.find()) {
                return OptionalLong.empty();
            }
            return OptionalLong.of(Math.min(1024 * Long.parseLong(available.group(1)), granted()));
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    private static long granted() throws IOException {
        String limit = Files.isReadable(LIMIT) && Files.isReadable(USED) ? Files.readString(LIMIT).strip() : "max";
        return limit.matches("\\d{1,18}") ? Math.max(0, Long.parseLong(limit) - Long.parseLong(Files.readString(USED).strip())) : Long.MAX_VALUE;
    }
}
