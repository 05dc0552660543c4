package org.stablevideo.space;

import org.stablevideo.frame.FrameSize;

/**
 * Positions in a frame at the size an atlas was solved at, and the same positions in the frame at any other size.
 *
 * <p>Both sizes show the same picture; whole numbers are pixel centres, so the left edge of the picture is −0.5 in both. A solve position x is
 * the frame position (x + 0.5)·W/w − 0.5.
 *
 * @param solve size at which mappings and mattes are given
 * @param frame size at which pixels are wanted
 */
public record SolveToFrame(FrameSize solve, FrameSize frame) {

    /** Frame pixels per solve pixel, across. */
    public double scaleX() {
        return (double) frame.width() / solve.width();
    }

    /** Frame pixels per solve pixel, down. */
    public double scaleY() {
        return (double) frame.height() / solve.height();
    }

    /** Column of the frame for a column of the solve size. */
    public double frameX(double solveX) {
        return (solveX + 0.5) * scaleX() - 0.5;
    }

    /** Row of the frame for a row of the solve size. */
    public double frameY(double solveY) {
        return (solveY + 0.5) * scaleY() - 0.5;
    }

    /** Column of the solve size for a column of the frame. */
    public double solveX(double frameX) {
        return (frameX + 0.5) / scaleX() - 0.5;
    }

    /** Row of the solve size for a row of the frame. */
    public double solveY(double frameY) {
        return (frameY + 0.5) / scaleY() - 0.5;
    }

    /** The way back: positions of {@code frame} as if it were the solve size. */
    public SolveToFrame inverse() {
        return new SolveToFrame(frame, solve);
    }
}
