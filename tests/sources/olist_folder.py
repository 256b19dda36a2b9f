"""Olist's files, small enough to be worked out on paper: two persons, two sellers, three products, six orders."""

from pathlib import Path

from tests.ingest.builders import write

TIMES = "order_purchase_timestamp,order_approved_at,order_delivered_carrier_date,order_delivered_customer_date"
FILES = {
    "olist_orders_dataset": (
        f"order_id,customer_id,order_status,{TIMES},order_estimated_delivery_date",
        # half past eleven in the evening of 1 June there, two days after the promised one
        "o1,c1,delivered,2018-06-01 23:30:00,2018-06-01 23:40:00,2018-06-03 10:00:00,2018-06-10 09:00:00,2018-06-08 00:00:00",
        # in the evening of the promised day
        "o2,c2,delivered,2018-06-02 10:00:00,2018-06-02 10:00:00,2018-06-03 10:00:00,2018-06-08 20:00:00,2018-06-08 00:00:00",
        "o3,c3,canceled,2018-06-03 10:00:00,2018-06-03 10:00:00,,,2018-06-20 00:00:00",
        "o4,c4,unavailable,2018-06-04 10:00:00,2018-06-04 10:00:00,,,2018-06-20 00:00:00",
        "o5,c5,shipped,2018-06-05 10:00:00,2018-06-05 10:00:00,2018-06-06 10:00:00,,2018-06-20 00:00:00",
        "o6,c6,delivered,soon,,,,2018-06-20 00:00:00",
    ),
    "olist_order_items_dataset": (
        "order_id,order_item_id,product_id,seller_id,shipping_limit_date,price,freight_value",
        "o1,1,p1,s1,2018-06-04 10:00:00,100.00,10.00",
        "o2,1,p1,s2,2018-06-04 10:00:00,90.00,9.00",
        "o2,2,p2,s2,2018-06-04 10:00:00,20.00,5.50",
        "o2,3,p2,s2,2018-06-04 10:00:00,20.00,5.50",
        "o2,4,p9,s1,2018-06-04 10:00:00,30.00,6.00",
        "o3,1,p2,s1,2018-06-04 10:00:00,20.00,5.50",
        "o5,1,p2,s1,2018-06-04 10:00:00,dear,5.50",
        "o7,1,p1,s1,2018-06-04 10:00:00,100.00,10.00",
    ),
    "olist_products_dataset": (
        "product_id,product_category_name,product_name_lenght,product_weight_g",
        "p1,brinquedos,40,650.0",
        "p2,pc_gamer,40,",
        "p3,,,100",
    ),
    "olist_customers_dataset": (
        "customer_id,customer_unique_id,customer_zip_code_prefix,customer_city,customer_state",
        *[f"c{n},{'anna' if n < 3 else 'bruno'},1009,sao paulo,SP" for n in range(1, 7)],
    ),
    "olist_order_reviews_dataset": (
        "review_id,order_id,review_score,review_comment_title,review_comment_message,review_creation_date,review_answer_timestamp",
        'r1,o1,1,"Muito ""lento""","Chegou tarde,',
        'muito tarde",2018-06-11 00:00:00,2018-06-12 22:00:00',
        "r1,o2,5,,,2018-06-11 00:00:00,2018-06-13 01:00:00",
        "r2,o2,6,,,2018-06-11 00:00:00,2018-06-13 01:00:00",
    ),
    "product_category_name_translation": (
        "\ufeffproduct_category_name,product_category_name_english",
        "brinquedos,toys",
    ),
}


def laid(folder: Path) -> Path:
    for name, lines in FILES.items():
        write(folder / f"{name}.csv", *lines)
    return folder
