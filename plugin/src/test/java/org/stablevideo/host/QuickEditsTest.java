package org.stablevideo.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.stablevideo.job.Job;
import org.stablevideo.job.JobQueue;
import org.stablevideo.job.Outcome;

/** Work that goes on between the frames that want it. */
class QuickEditsTest {

    private final List<String> begun = new CopyOnWriteArrayList<>();
    private final CountDownLatch release = new CountDownLatch(1);
    private final JobQueue<Boolean> jobs = new JobQueue<>();

    @AfterEach
    void stop() {
        release.countDown();
        jobs.close();
    }

    private Supplier<Job<Boolean>> work(String name) {
        return () -> jobs.submit(name, progress -> {
            begun.add(name);
            waitForRelease();
            progress.report("painting", 1);
            return true;
        });
    }

    private void waitForRelease() {
        try {
            release.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void shouldBeginOnlyWhatIsWantedWhenTypingEnds() throws InterruptedException {
        try (QuickEdits quick = new QuickEdits()) {
            for (String letters : List.of("a", "a r", "a red car")) {
                quick.wanted("clip", letters, () -> true, work(letters));
                Thread.sleep(50);
            }
            quick.wanted("another clip", "snow", () -> false, work("snow"));
            Thread.sleep(QuickEdits.TYPING_MS + 500);
            release.countDown();
            assertEquals(List.of("a red car"), begun);
        }
    }

    @Test
    void shouldKeepTheJobOfASessionBetweenItsFrames() throws InterruptedException {
        AppliedJobs applied = new AppliedJobs();
        Job<Boolean> first = applied.hold(1, "red", work("red"));
        assertSame(first, applied.hold(1, "red", work("other")));
        release.countDown();
        assertTrue(first.await(5000).orElseThrow() instanceof Outcome.Done<Boolean>);
    }

    @Test
    void shouldCancelTheJobOfASessionThatLeaves() throws InterruptedException {
        AppliedJobs applied = new AppliedJobs();
        Job<Boolean> job = applied.hold(1, "red", work("red"));
        applied.release(1);
        release.countDown();
        assertFalse(job.await(5000).orElseThrow() instanceof Outcome.Done<Boolean>, "nobody waits for it any more");
        applied.release(1);
    }
}
