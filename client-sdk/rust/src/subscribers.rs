//! Delivers events to subscribers.
//!
//! Each subscriber has its own queue of at most `events_max` events. A subscriber that falls behind does not slow the
//! connection or other subscribers. When its queue is full, further events are counted and dropped; after the queued events
//! the subscriber gets one [`Event::Lagged`] with the count, and then live events again.

use std::{
    collections::VecDeque,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

use futures::Stream;

use crate::event::Event;

/// The events of one subscriber. They are also a [`Stream`], which ends when the client ends.
#[derive(Debug)]
pub struct Events(Arc<Mutex<Queue>>);

#[derive(Debug, Default)]
struct Queue {
    events: VecDeque<Event>,
    /// The number of dropped events. While it is above 0, no event is queued, so all queued events are older than the
    /// dropped events.
    missed: u64,
    ended: bool,
    waker: Option<Waker>,
}

impl Queue {
    fn pop(&mut self) -> Option<Event> {
        self.events.pop_front().or_else(|| match std::mem::take(&mut self.missed) {
            0 => None,
            missed => Some(Event::Lagged { missed }),
        })
    }

    fn wake(&mut self) {
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}

/// Locks a mutex. The queue is consistent after each statement that could panic, so a poisoned lock is safe to use.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Events {
    /// Waits for the next event. Returns `None` after the end of the client. Cancel safe.
    pub async fn next(&mut self) -> Option<Event> {
        std::future::poll_fn(|context| self.poll(context)).await
    }

    /// The next event, if an event is queued.
    pub fn try_next(&mut self) -> Option<Event> {
        lock(&self.0).pop()
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Event>> {
        let mut queue = lock(&self.0);
        match queue.pop() {
            Some(event) => Poll::Ready(Some(event)),
            None if queue.ended => Poll::Ready(None),
            None => {
                queue.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl Stream for Events {
    type Item = Event;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Event>> {
        self.poll(context)
    }
}

/// All subscribers of a client.
pub(crate) struct Subscribers {
    queue_max: usize,
    /// `None` after the end of the client.
    list: Mutex<Option<Vec<Arc<Mutex<Queue>>>>>,
}

impl Subscribers {
    pub fn new(queue_max: usize) -> Self {
        Self { queue_max: queue_max.max(1), list: Mutex::new(Some(Vec::new())) }
    }

    /// Adds a subscriber. After the end of the client, the new subscriber gets no event.
    pub fn add(&self) -> Events {
        let queue = Arc::new(Mutex::new(Queue::default()));
        match lock(&self.list).as_mut() {
            Some(list) => list.push(Arc::clone(&queue)),
            None => lock(&queue).ended = true,
        }
        Events(queue)
    }

    pub fn publish(&self, event: &Event) {
        if let Some(list) = lock(&self.list).as_mut() {
            // The queue of a dropped subscriber has no other reference than this list.
            list.retain(|queue| Arc::strong_count(queue) > 1);
            for queue in list {
                let mut queue = lock(queue);
                if queue.missed > 0 || queue.events.len() >= self.queue_max {
                    queue.missed += 1;
                } else {
                    queue.events.push_back(event.clone());
                }
                queue.wake();
            }
        }
    }

    pub fn end(&self) {
        for queue in lock(&self.list).take().into_iter().flatten() {
            let mut queue = lock(&queue);
            queue.ended = true;
            queue.wake();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn total(number: u32) -> Event {
        Event::TotalUnread(number)
    }

    #[tokio::test]
    async fn a_slow_subscriber_gets_the_number_of_dropped_events_and_then_live_ones() {
        let subscribers = Subscribers::new(2);
        let mut slow = subscribers.add();
        let mut quick = subscribers.add();
        for number in 1..=5 {
            subscribers.publish(&total(number));
            assert_eq!(quick.next().await, Some(total(number)));
        }
        assert_eq!(slow.next().await, Some(total(1)));
        // The queue has room again, but the loss comes before newer events.
        subscribers.publish(&total(6));
        assert_eq!(slow.next().await, Some(total(2)));
        assert_eq!(slow.next().await, Some(Event::Lagged { missed: 4 }));
        subscribers.publish(&total(7));
        assert_eq!(slow.next().await, Some(total(7)));
        assert_eq!(slow.try_next(), None);
    }

    #[tokio::test]
    async fn dropped_events_are_reported_before_the_end() {
        let subscribers = Subscribers::new(1);
        let mut events = subscribers.add();
        subscribers.publish(&total(1));
        subscribers.publish(&total(2));
        subscribers.end();
        assert_eq!(events.next().await, Some(total(1)));
        assert_eq!(events.next().await, Some(Event::Lagged { missed: 1 }));
        assert_eq!(events.next().await, None);
        assert_eq!(subscribers.add().next().await, None);
    }
}
