package org.stablevideo.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stablevideo.problem.AtlasInvalid;
import org.stablevideo.problem.CacheFull;
import org.stablevideo.problem.ProblemException;

class ContentCacheTest {

    @TempDir
    Path folder;

    private ContentCache at(int second, long maxBytes) {
        return new ContentCache(folder, maxBytes, Clock.fixed(Instant.ofEpochSecond(1_000_000 + second), ZoneOffset.UTC));
    }

    private static void put(ContentCache cache, String name, int bytes) {
        assertEquals(Optional.empty(), cache.store(name, file -> Files.write(file, new byte[bytes])));
    }

    private static boolean has(ContentCache cache, String name) {
        return cache.find(name, Files::readAllBytes).isPresent();
    }

    @Test
    void shouldFindWhatWasStored() {
        ContentCache cache = new ContentCache(folder.resolve("new/folder"), 1000);

        assertFalse(has(cache, "a.svatlas"));
        cache.store("a.svatlas", file -> Files.writeString(file, "swan"));
        assertEquals(Optional.of("swan"), cache.find("a.svatlas", Files::readString));
    }

    @Test
    void shouldDropWhatWasUsedLongestAgo() {
        put(at(1, 100), "old", 40);
        put(at(2, 100), "middle", 40);
        assertTrue(has(at(3, 100), "old"));
        put(at(4, 100), "new", 40);

        assertFalse(has(at(5, 100), "middle"));
        assertTrue(has(at(5, 100), "old"));
        assertTrue(has(at(5, 100), "new"));
    }

    @Test
    void shouldKeepTheNewestEvenWhenItIsTooLarge() {
        put(at(1, 100), "small", 10);
        put(at(2, 100), "large", 400);

        assertTrue(has(at(3, 100), "large"));
        assertFalse(has(at(3, 100), "small"));
    }

    @Test
    void shouldForgetDamagedEntries() {
        ContentCache cache = new ContentCache(folder, 1000);
        put(cache, "bad", 10);
        Optional<String> found = cache.find("bad", file -> {
            throw new ProblemException(new AtlasInvalid("It is cut.", "Make it anew."));
        });

        assertEquals(Optional.empty(), found);
        assertFalse(Files.exists(folder.resolve("bad")));
    }

    @Test
    void shouldGoOnWhenTheDiskIsFull() throws IOException {
        ContentCache cache = new ContentCache(folder, 1000);
        var problem = cache.store("a", file -> {
            Files.write(file, new byte[5]);
            throw new IOException("No space left on device");
        });

        assertTrue(problem.orElseThrow() instanceof CacheFull);
        assertTrue(problem.get().sentence().contains("No space left on device"), problem.get().sentence());
        assertFalse(has(cache, "a"));
        try (var files = Files.list(folder)) {
            assertEquals(0, files.count(), "nothing half-written stays");
        }
    }

    @Test
    void shouldGoOnWhenTheFolderCannotBeMade() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "no folder");
        ContentCache cache = new ContentCache(file.resolve("cache"), 1000);

        assertTrue(cache.store("a", to -> Files.writeString(to, "x")).orElseThrow() instanceof CacheFull);
        assertFalse(has(cache, "a"));
    }

    @Test
    void shouldRefuseNamesThatLeaveTheFolder() {
        ContentCache cache = new ContentCache(folder, 1000);
        for (String name : new String[] {"../a", "", ".a", "a/b", "a.part", "a b"}) {
            assertThrows(IllegalArgumentException.class, () -> cache.file(name), name);
        }
    }
}
