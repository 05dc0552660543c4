/** StableVideo's edit: key frames, propagation through the atlas, aggregation, background. */
package org.stablevideo.edit;
