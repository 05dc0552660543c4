package org.stablevideo.atlas;

import java.util.Locale;
import java.util.SplittableRandom;
import org.stablevideo.atlas.NlaCheckpoint.Place;
import org.stablevideo.model.NlaNetwork;
import org.stablevideo.model.NlaNetwork.Term;
import org.stablevideo.progress.CancelledException;
import org.stablevideo.progress.Progress;

/**
 * Trains neural layered atlases on a clip, and goes on where an earlier training was left. The pixels of an iteration follow from the seed and its number
 * alone, so a training that was broken off ends as one that was not.
 */
final class NlaTraining {

    private static final double KEEP_SECONDS = 60;
    private static final double TELL_SECONDS = 20;
    private static final int MEASURED = 10;
    private static final double SLOW_SECONDS = 1800;
    private static final double MEMORY = 0.01;

    private final NlaNetwork network;
    private final NlaSamples samples;
    private final int frames;
    private final NlaSettings settings;
    private final NlaCheckpoint checkpoint;
    private final Progress progress;
    private Place place = Place.START;
    private double squareError = Double.NaN;
    private double measuredSeconds;
    private int measured;
    private double toldAt = Double.NEGATIVE_INFINITY;
    private String told = "";

    NlaTraining(NlaNetwork network, NlaSamples samples, int frames, NlaSettings settings, NlaCheckpoint checkpoint, Progress progress) {
        this.network = network;
        this.samples = samples;
        this.frames = frames;
        this.settings = settings;
        this.checkpoint = checkpoint;
        this.progress = progress;
    }

    /**
     * Trains to the end. What is there when it is cancelled is kept for the next time.
     *
     * @return where it ended
     */
    Place run() {
        checkpoint.read(network).ifPresent(found -> {
            place = found;
            progress.note("the training goes on at iteration " + found.iteration());
        });
        if (settings.shortened()) {
            progress.note("a training shorter than the paper's: the mask leads the opacity for half of it, rigidity over 100 pixels counts for a quarter of it");
        }
        Place kept = place;
        try {
            while (settings.settling(place.settled(), frames, place.seconds()) && place.iteration() == 0) {
                say("training: mappings", settings.fraction(0, place.seconds()));
                kept = step(kept, () -> {
                    network.settle(samples.places(settings.batch(), place.settled() % frames, random(-1 - place.settled())), settings.rate());
                    return new Place(place.settled() + 1, 0, place.seconds());
                });
            }
            if (place.iteration() == 0) {
                network.restart(network.state());
            }
            while (settings.fraction(place.iteration(), place.seconds()) < 1) {
                double fraction = settings.fraction(place.iteration(), place.seconds());
                say("training: iteration " + place.iteration() + left(fraction), fraction);
                kept = step(kept, () -> {
                    iterate(fraction);
                    return new Place(place.settled(), place.iteration() + 1, place.seconds());
                });
            }
        } catch (CancelledException e) {
            checkpoint.write(network, place);
            throw e;
        }
        progress.note(summary());
        return place;
    }

    /** How far the networks' own picture is from the clip, over the last hundred iterations or so, in dB; NaN before the first. */
    double psnr() {
        return -10 * Math.log10(squareError / 3);
    }

    private interface Step {
        Place take();
    }

    /** Takes a step, adds its time, and keeps the training now and then. */
    private Place step(Place kept, Step step) {
        long start = System.nanoTime();
        Place next = step.take();
        double seconds = (System.nanoTime() - start) / 1e9;
        if (next.iteration() > 0) {
            measuredSeconds += seconds;
            measured++;
            warn();
        }
        place = new Place(next.settled(), next.iteration(), next.seconds() + seconds);
        if (place.seconds() - kept.seconds() < KEEP_SECONDS) {
            return kept;
        }
        checkpoint.write(network, place);
        return place;
    }

    private void iterate(double fraction) {
        float[] terms = network.learn(samples.batch(settings.batch(), random(place.iteration())), settings.weights(place.iteration(), fraction), settings.rate());
        double error = terms[Term.COLOUR.ordinal()];
        squareError = Double.isNaN(squareError) ? error : squareError + MEMORY * (error - squareError);
    }

    private SplittableRandom random(long step) {
        return new SplittableRandom(settings.seed() * 0x9E3779B97F4A7C15L + step);
    }

    /** Tells where the training is, in new words only now and then: hosts keep every sentence. */
    private void say(String sentence, double fraction) {
        if (place.seconds() - toldAt >= TELL_SECONDS) {
            toldAt = place.seconds();
            told = sentence;
        }
        progress.report(told, fraction);
    }

    private String left(double fraction) {
        String of = settings.iterations() > 0 ? " of " + settings.iterations() : "";
        if (measured < MEASURED) {
            return of;
        }
        double seconds = settings.iterations() > 0 ? (settings.iterations() - place.iteration()) * perIteration() : settings.minutes() * 60 * (1 - fraction);
        return String.format(Locale.ROOT, "%s, %s left, PSNR %.1f dB", of, span(seconds), psnr());
    }

    /** Says once that this will take long, and what else can be done. */
    private void warn() {
        if (measured == MEASURED && settings.iterations() > 0) {
            double seconds = (settings.iterations() - place.iteration()) * perIteration();
            if (seconds > SLOW_SECONDS) {
                progress.note(String.format(
                        Locale.ROOT, "neural layered atlas: %d iterations at %.2f s each take %s; --minutes or --iterations end sooner, cancelling loses nothing",
                        settings.iterations(), perIteration(), span(seconds)));
            }
        }
    }

    private double perIteration() {
        return measuredSeconds / measured;
    }

    private String summary() {
        return String.format(
                Locale.ROOT, "neural layered atlas: %d iterations of %d pixels in %.0f s (%.2f a second), the networks' own PSNR %.2f dB", place.iteration(),
                settings.batch(), place.seconds(), measured / Math.max(1e-9, measuredSeconds), psnr());
    }

    private static String span(double seconds) {
        return seconds < 100 ? Math.round(seconds) + " s" : seconds < 6000 ? Math.round(seconds / 60) + " min" : Math.round(seconds / 3600) + " h";
    }
}
