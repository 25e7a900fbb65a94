"""What a layer tells an elected official of a territory: figures now and before, by place, by kind, over time.

`declare` is what a layer says, `count` asks the database, `periods` and `disclosure` are pure rules, and `board` puts
the answers together for a page or a paper.
"""
