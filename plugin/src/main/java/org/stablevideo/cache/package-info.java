/** Finished work by content hash: atomic, bounded, and never in the way of the work itself. */
package org.stablevideo.cache;
