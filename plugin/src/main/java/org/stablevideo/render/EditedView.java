package org.stablevideo.render;

/**
 * An edited layer as one frame sees it; belongs to one thread.
 *
 * @param paint the edited texture
 * @param transfer what the edit did to colours; null where the frame is followed nowhere
 * @param centre {@link ColourTransfer#centre}, likewise
 * @param slope {@link ColourTransfer#slope}, in the same place as the centre
 */
record EditedView(LayerView paint, ColourTransfer transfer, LayerView centre, LayerView slope) {

    /** A layer whose drawing is the texture's everywhere. */
    EditedView(LayerView paint) {
        this(paint, null, null, null);
    }

    /** A layer whose drawing is the frame's in places. */
    EditedView(LayerView paint, ColourTransfer transfer, LayerView centre) {
        this(paint, transfer, centre, centre.beside(transfer.slope()));
    }

    /** Whether the frame is followed anywhere. */
    boolean follows() {
        return transfer != null;
    }

    /** The same view for another thread. */
    EditedView another() {
        return follows() ? new EditedView(paint.another(), transfer, centre.another()) : new EditedView(paint.another());
    }
}
