package org.stablevideo.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.stablevideo.problem.ModelMissing;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.progress.Progress;

@Timeout(20)
class JobQueueTest {

    private static final long PLENTY_MS = 10_000;

    private static Integer untilCancelled(Progress progress) {
        while (true) {
            progress.report("turning", 0.5);
            Thread.onSpinWait();
        }
    }

    @Test
    void shouldTellWhatTheWorkNotes() throws InterruptedException {
        try (JobQueue<Integer> queue = new JobQueue<>()) {
            CountDownLatch seen = new CountDownLatch(1);
            Job<Integer> job = queue.submit("noted", progress -> {
                progress.part(0.5, 1).note("this edit: about 4 min, 3.1 GB");
                progress.part(0.5, 1).report("painting", 0.5);
                await(seen);
                return 1;
            });
            String wanted = "painting 75 % (this edit: about 4 min, 3.1 GB)";
            for (int i = 0; i < 500 && !job.state().text().equals(wanted); i++) {
                Thread.sleep(10);
            }
            assertEquals(wanted, job.state().text());
            assertEquals("painting 75 %", job.state().brief());
            seen.countDown();
        }
    }

    @Test
    void shouldDoEqualWorkOnce() throws InterruptedException {
        try (JobQueue<Integer> queue = new JobQueue<>()) {
            CountDownLatch go = new CountDownLatch(1);
            AtomicInteger runs = new AtomicInteger();
            Job.Work<Integer> work = progress -> {
                await(go);
                return runs.incrementAndGet();
            };
            Job<Integer> first = queue.submit("key", work);
            assertSame(first, queue.submit("key", work));
            go.countDown();
            assertEquals(new Outcome.Done<>(1), first.await(PLENTY_MS).orElseThrow());
        }
    }

    @Test
    void shouldCancelOnlyWhenNobodyWaits() throws InterruptedException {
        try (JobQueue<Integer> queue = new JobQueue<>()) {
            Job<Integer> job = queue.submit("key", JobQueueTest::untilCancelled);
            queue.submit("key", JobQueueTest::untilCancelled);
            job.leave();
            assertTrue(job.await(100).isEmpty());
            assertEquals("turning 50 %", job.state().text());
            job.leave();
            assertInstanceOf(Outcome.Cancelled.class, job.await(PLENTY_MS).orElseThrow());
        }
    }

    @Test
    void shouldBeginAnewAfterCancelling() throws InterruptedException {
        try (JobQueue<Integer> queue = new JobQueue<>()) {
            Job<Integer> given = queue.submit("key", JobQueueTest::untilCancelled);
            given.leave();
            Job<Integer> again = queue.submit("key", progress -> 7);
            assertNotSame(given, again);
            assertEquals(new Outcome.Done<>(7), again.await(PLENTY_MS).orElseThrow());
        }
    }

    @Test
    void shouldCarryProblemsAsOutcomes() throws InterruptedException {
        try (JobQueue<Integer> queue = new JobQueue<>()) {
            ModelMissing problem = new ModelMissing("none", "some");
            Job<Integer> job = queue.submit(1, progress -> {
                throw new ProblemException(problem);
            });
            assertEquals(new Outcome.Failed<>(problem), job.await(PLENTY_MS).orElseThrow());
            Job<Integer> mistake = queue.submit(2, progress -> {
                throw new IllegalStateException("oops");
            });
            Outcome.Failed<?> failed = assertInstanceOf(Outcome.Failed.class, mistake.await(PLENTY_MS).orElseThrow());
            assertTrue(failed.problem().message().contains("oops"));
        }
    }

    @Test
    void shouldCancelEverythingWhenClosed() throws InterruptedException {
        JobQueue<Integer> queue = new JobQueue<>();
        Job<Integer> running = queue.submit(1, JobQueueTest::untilCancelled);
        Job<Integer> waiting = queue.submit(2, JobQueueTest::untilCancelled);
        queue.close();
        assertInstanceOf(Outcome.Cancelled.class, running.await(PLENTY_MS).orElseThrow());
        assertInstanceOf(Outcome.Cancelled.class, waiting.await(PLENTY_MS).orElseThrow());
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
